/** The part of vega-scenegraph that is used, which has no types of its own. */
declare module 'vega-scenegraph' {
  /** How wide a text is taken to be, px: a function of one's own may stand there. */
  export const textMetrics: {
    width(item: { readonly fontSize?: number }, text: unknown): number;
  };
}
