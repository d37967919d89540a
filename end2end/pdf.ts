/* Reads the text of a PDF as Chromium writes it: enough to test what is printed, without a package. */
import { inflateSync } from "node:zlib";

interface Part {
  /** What stands before the stream. */
  head: string;
  /** The stream, unpacked. */
  body: string;
}

function parts(pdf: Buffer): Map<string, Part> {
  const text = pdf.toString("latin1");
  const found = new Map<string, Part>();
  for (const { 1: number, 2: content, index } of text.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)endobj/g)) {
    const stream = content.match(/stream\r?\n/);
    const head = stream ? content.slice(0, stream.index) : content;
    let body = "";
    if (stream) {
      const begin = text.indexOf(content, index) + (stream.index ?? 0) + stream[0].length;
      const length = Number(head.match(/\/Length (\d+)/)?.[1]);
      const bytes = pdf.subarray(begin, begin + length);
      body = (head.includes("/FlateDecode") ? inflateSync(bytes) : bytes).toString("latin1");
    }
    found.set(number, { head, body });
  }
  return found;
}

/** What each glyph of a font stands for, by the font's own table, and how many hexadecimal digits name a glyph. */
function letters(table: string): { known: Map<number, string>; digits: number } {
  const known = new Map<number, string>();
  const digits = table.match(/begincodespacerange\s*<(\w+)>/)?.[1].length ?? 4;
  const text = (hex: string) => Buffer.from(hex, "hex").swap16().toString("utf16le");
  for (const [, lines] of table.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, glyph, letter] of lines.matchAll(/<(\w+)>\s*<(\w+)>/g)) known.set(Number.parseInt(glyph, 16), text(letter));
  }
  for (const [, lines] of table.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from, to, letter] of lines.matchAll(/<(\w+)>\s*<(\w+)>\s*<(\w+)>/g)) {
      const first = Number.parseInt(from, 16);
      for (let glyph = first; glyph <= Number.parseInt(to, 16); glyph++) known.set(glyph, String.fromCharCode(Number.parseInt(letter, 16) + glyph - first));
    }
  }
  return { known, digits };
}

/** The words of each sheet, without blanks: where one word ends is a matter of places in a PDF. */
export function sheets(pdf: Buffer): string[] {
  const all = parts(pdf);
  const of = (reference: string | undefined) => all.get(reference ?? "") ?? { head: "", body: "" };
  return [...all.values()]
    .filter(({ head }) => /\/Type\s*\/Page\b/.test(head))
    .map((page) => {
      const resources = page.head.match(/\/Resources (\d+) 0 R/) ? of(page.head.match(/\/Resources (\d+) 0 R/)?.[1]).head : page.head;
      const fonts = new Map([...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, font]) => [name, letters(of(of(font).head.match(/\/ToUnicode (\d+) 0 R/)?.[1]).body)]));
      let font = letters("");
      let words = "";
      for (const [, name, glyphs] of of(page.head.match(/\/Contents (\d+) 0 R/)?.[1]).body.matchAll(/\/(F\d+) [\d.]+ Tf|<([\da-fA-F]+)>/g)) {
        if (name) font = fonts.get(name) ?? letters("");
        else for (let n = 0; n < glyphs.length; n += font.digits) words += font.known.get(Number.parseInt(glyphs.slice(n, n + font.digits), 16)) ?? "";
      }
      return words.normalize("NFC").replaceAll(/\s/g, "");
    });
}
