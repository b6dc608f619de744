// A request as people write it in a shell, and in Python.

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const literal = (text) => JSON.stringify(text);

export function curlOf({ method, address, headers, body, form }, origin) {
  const lines = [`curl${method === "GET" ? "" : ` -X ${method}`} ${quoted(origin + address)}`, `-H "Authorization: Bearer $DESCENT_TOKEN"`];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) lines.push(`-d ${quoted(body)}`);
  for (const field of form ?? []) lines.push(`-F ${quoted(`${field.name}=${field.type === "file" ? `@${names(field)[0]}` : field.value}`)}`);
  return lines.join(" \\\n  ");
}

export function pythonOf({ method, address, headers, body, form }, origin) {
  const others = Object.entries(headers).filter(([name]) => name !== "Content-Type");
  const head = [`"Authorization": f"Bearer {os.environ['DESCENT_TOKEN']}"`, ...others.map(([name, value]) => `${literal(name)}: ${literal(value)}`)];
  const lines = ["import os", ...(body === undefined ? [] : ["import json"]), "import httpx", "", "answer = httpx.request(", `    ${literal(method)},`, `    ${literal(origin + address)},`, `    headers={${head.join(", ")}},`];
  if (body !== undefined) lines.push(`    json=json.loads(r"""${body.replaceAll('"""', '\\"\\"\\"')}"""),`);
  const files = (form ?? []).filter((field) => field.type === "file");
  const words = (form ?? []).filter((field) => field.type !== "file");
  if (files.length) lines.push(`    files=[${files.flatMap((field) => names(field).map((name) => `(${literal(field.name)}, open(${literal(name)}, "rb"))`)).join(", ")}],`);
  if (words.length) lines.push(`    data={${words.map((field) => `${literal(field.name)}: ${literal(field.value)}`).join(", ")}},`);
  return [...lines, ")", "answer.raise_for_status()", "print(answer.text)"].join("\n");
}

function names(field) {
  const chosen = [...field.files].map((file) => file.name);
  return chosen.length ? chosen : ["FILE"];
}
