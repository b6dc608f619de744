// Finer points for the stretch that is zoomed into: asked for once the zoom has come to rest.
import { fetchSnapshot } from "./live.js";

const REST_MS = 200;

// The steps that a stretch of the x axis covers, for one trial.
function stepsOf([from, to], axis, trial) {
  if (axis === "step") return [from, to];
  if (axis === "epoch") return [from * (trial.steps_per_epoch || 1), to * (trial.steps_per_epoch || 1)];
  const curve = [...trial.curves.values()].reduce((a, b) => (b.length > a.length ? b : a));
  const start = trial.started_at ?? curve.times[0];
  const stepAt = (time) => curve.steps[Math.max(curve.times.findIndex((at) => at >= start + time), 0)];
  const last = curve.steps[curve.length - 1];
  return [stepAt(from), start + to >= curve.times[curve.length - 1] ? last : stepAt(to)];
}

export function finerPoints(trials, ids, keys, board) {
  let timer = null, wanted = 0;

  async function fetchDetail(range) {
    const mine = wanted;
    const shown = ids.map((id) => trials.get(id)).filter((trial) => trial.curves.size);
    if (!shown.length) return;
    const ends = shown.map((trial) => stepsOf(range, board.settings.x, trial));
    const from = Math.floor(Math.min(...ends.map((end) => end[0]))), to = Math.ceil(Math.max(...ends.map((end) => end[1])));
    const answer = await fetchSnapshot({ trials: ids.join(","), keys: keys().join(","), from, to, points: 2000 }).catch(() => null);
    if (!answer || mine !== wanted) return; // the coarser points stay, or another stretch is wanted by now
    trials.applyDetail({ from, to }, answer.trials);
    board.touch();
  }

  return (range) => {
    wanted += 1;
    clearTimeout(timer);
    trials.detail = null;
    if (range) timer = setTimeout(() => fetchDetail(range), REST_MS);
  };
}
