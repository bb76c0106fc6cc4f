import { describe, expect, it } from 'vitest';
import { readXml } from '../../../src/input/xml.ts';

/** What a handler is told, a line each. */
function events(text: string): string[] {
  const seen: string[] = [];
  readXml(text, {
    open: (name, attributes, line) =>
      void seen.push(`${line} <${name} ${JSON.stringify(attributes)}`),
    text: (piece) => void seen.push(`text ${JSON.stringify(piece)}`),
    close: (name) => void seen.push(`>${name}`),
  });
  return seen;
}

describe('readXml', () => {
  it('tells elements, attributes, text and lines in their order', () => {
    const text =
      '\uFEFF<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "a.dtd">\n<!-- <x> -->\n<a>\n <b k="&lt;&#65;"/>t<![CDATA[<u>]]></a>\n';
    expect(events(text)).toEqual([
      '4 <a {}',
      'text "\\n "',
      '5 <b {"k":"<A"}',
      '>b',
      'text "t"',
      'text "<u>"',
      '>a',
    ]);
  });

  it('reads a value that is cut by the pieces it reads in', () => {
    const long = 'x'.repeat(60_000);
    expect(events(`<a k="${long}" l="${long}"/>`)[0]).toBe(`1 <a {"k":"${long}","l":"${long}"}`);
  });

  it.each([
    ['<a>', 'malformed XML at line 1, column 3: unclosed root tag'],
    ['<a>\n<b></a>', 'malformed XML at line 2, column 7: unexpected close tag'],
    ['<a k=1/>', 'malformed XML at line 1, column 6: unquoted attribute value'],
    ['<a k></a>', 'malformed XML at line 1, column 5: attribute without value'],
    ['not xml', 'malformed XML at line 1, column 1: non-whitespace before first tag'],
    ['', 'malformed XML: no element in it'],
    ['<!-- a -->', 'malformed XML: no element in it'],
    ['<a/><b/>', 'line 1: a second root element, "b"'],
    ['<a/>text', 'malformed XML at line 1, column 5: text data outside of root node'],
    ['<a>&nbsp;</a>', 'unknown entity; only the five of XML are read'],
    ['<a>&constructor;</a>', 'unknown entity; only the five of XML are read'],
    [
      '<!DOCTYPE a [\n<!ENTITY b "bbb">\n]>\n<a>&b;</a>',
      'line 3: the DOCTYPE has definitions in it; those are not read',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => events(text)).toThrow(message);
  });

  it.each([
    ['elements nested too deep', '<a>'.repeat(129), 'line 1: elements nested deeper than 128'],
    ['a value without an end', `<a k="${'x'.repeat(200_000)}`, 'comment without an end'],
    ['a comment without an end', `<!--${'x'.repeat(200_000)}`, 'comment without an end'],
    ['too many elements', `<a>${'<b/>'.repeat(500_000)}</a>`, 'more than 500,000 elements'],
  ])('refuses %s', (_, text, message) => {
    expect(() => events(text)).toThrow(message);
  });
});
