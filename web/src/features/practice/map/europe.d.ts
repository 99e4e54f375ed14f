/** What web/scripts/europe.mjs makes when the pages are built. */
declare module 'virtual:europe' {
  interface Outline {
    /** ISO 3166-1 alpha-2, or '' */
    id: string
    /** SVG path in units of lib/laea */
    d: string
    at: [x: number, y: number]
    box: [left: number, top: number, right: number, bottom: number]
  }
  const outlines: Outline[]
  export default outlines
}
