/** A result as one JSON document, or as lines of JSON. */

export function renderJson(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function renderNdjson(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
