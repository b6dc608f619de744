// A server that is away is asked again, after longer and longer.
export const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

export const longer = (wait) => Math.min(2 * wait, LONGEST_WAIT_MS);

// Of an answer, or null where none came: whether another may come later.
export const isAway = (answer) => !answer || answer.status === 429 || answer.status >= 500;
