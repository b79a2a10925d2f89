// saxen.d.ts: the part of the XML parser that we use; the package brings no types.
declare module 'saxen' {
  export class Parser {
    on(event: 'openTag', hook: (name: string, attributes: () => Record<string, string>, decode: (text: string) => string, empty: boolean) => void): this;
    on(event: 'closeTag', hook: (name: string) => void): this;
    on(event: 'text' | 'cdata', hook: (text: string) => void): this;
    /** Throws at whatever is no XML. */
    parse(xml: string): this;
  }
}
