/** XML read strictly, element by element, within bounds on size, depth and what a DOCTYPE may do. */
import sax from 'sax';
import { InputError, quote } from '../errors.ts';

export type XmlAttributes = Readonly<Record<string, string>>;

/** What the reader tells, in the order of the text. Lines count from 1. */
interface XmlHandler {
  open(name: string, attributes: XmlAttributes, line: number): void;
  text(text: string): void;
  close(name: string): void;
}

/** Machines nest a dozen levels; hwloc's groups a few more. */
const DEEPEST = 128;

/** A machine of 8,192 CPUs with every cache and device takes some 100,000. */
const MOST_ELEMENTS = 500_000;

/** hwloc's objects have a dozen. */
const MOST_ATTRIBUTES = 128;

/** sax looks at the length of names, values and comments between pieces. */
const PIECE = 64 * 1024;

/** The five that XML itself defines; a DOCTYPE adds none. */
const ENTITIES: Record<string, string> = Object.assign(Object.create(null), {
  amp: '&',
  gt: '>',
  lt: '<',
  quot: '"',
  apos: "'",
});

/** sax names the element or character at fault, however long its name is. */
const LONGEST_WORDS = 120;

/** The first line of sax's message, in this program's words where sax names its own buffers. */
function wordsOf(error: Error): string {
  const [first = ''] = error.message.slice(0, LONGEST_WORDS).split('\n');
  if (first.startsWith('Max buffer length')) return 'a name, value or comment without an end';
  if (first === 'Invalid character entity') return 'unknown entity; only the five of XML are read';
  return first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, '');
}

/**
 * Feeds a document to a handler. Entities are not expanded and nothing is fetched: a DOCTYPE may name
 * a DTD, but not bring definitions of its own.
 * @throws InputError with line and column of what is malformed or beyond the bounds.
 */
export function readXml(document: string, handler: XmlHandler): void {
  const parser = sax.parser(true);
  parser.ENTITIES = ENTITIES;
  const here = () => `line ${parser.line + 1}`;
  let attributes = new Map<string, string>();
  let depth = 0;
  let elements = 0;
  parser.onerror = (error) => {
    const place = `${here()}, column ${parser.column}`;
    throw new InputError(`malformed XML at ${place}: ${wordsOf(error)}`);
  };
  parser.ondoctype = (doctype) => {
    if (doctype.includes('[')) {
      throw new InputError(`${here()}: the DOCTYPE has definitions in it; those are not read`);
    }
  };
  parser.onattribute = ({ name, value }) => {
    if (attributes.has(name)) {
      throw new InputError(`${here()}: the attribute ${quote(name)} is there twice`);
    }
    attributes.set(name, value);
    if (attributes.size > MOST_ATTRIBUTES) {
      throw new InputError(`${here()}: an element with more than ${MOST_ATTRIBUTES} attributes`);
    }
    // sax keeps the first of two in silence, and calls a method of the object that it keeps them in,
    // which an attribute of that name would be: it never has any.
    if (parser.tag !== undefined) parser.tag.attributes = {};
  };
  parser.onopentag = ({ name }) => {
    const own = attributes;
    attributes = new Map();
    if (depth === 0 && elements > 0) {
      throw new InputError(`${here()}: a second root element, ${quote(name)}`);
    }
    depth += 1;
    elements += 1;
    if (depth > DEEPEST) {
      throw new InputError(`${here()}: elements nested deeper than ${DEEPEST}`);
    }
    if (elements > MOST_ELEMENTS) {
      throw new InputError(`${here()}: more than 500,000 elements`);
    }
    handler.open(name, Object.fromEntries(own), parser.line + 1);
  };
  const text = (piece: string) => {
    if (depth > 0) handler.text(piece);
  };
  parser.ontext = text;
  parser.oncdata = text;
  parser.onclosetag = (name) => {
    depth -= 1;
    handler.close(name);
  };
  for (let at = 0; at < document.length; at += PIECE) {
    parser.write(document.slice(at, at + PIECE));
  }
  parser.close();
  if (elements === 0) throw new InputError('malformed XML: no element in it');
}
