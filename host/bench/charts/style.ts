/** The page's style: system fonts, the reader's choice of light or dark, light on paper. */
const LIGHT = '--accent: #2f6fb5; --first: #2f6fb5; --last: #c2412d; --on-colour: #fff;';
const DARK = '--accent: #6fb1f2; --first: #6fb1f2; --last: #ff9079; --on-colour: #111;';

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} --line: #8884; }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 0; }
section p { margin: 0.2rem 0 0.6rem; opacity: 0.8; }
svg { max-width: 100%; height: auto; overflow: visible; }
.beside { display: grid; gap: 1rem; }
html { scrollbar-gutter: stable; }
figure { margin: 0; }
figure > div, figure > div svg { font-size: 13px; }
figure h2 { font-size: 0.9rem; margin: 0.5rem 0 0; }
.scrolls { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.85rem; margin: 2rem 0; }
section table { margin: 0.6rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.7rem; text-align: right; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
.figures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin: 1.5rem 0; }
.figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.figures dt { font-size: 0.85rem; opacity: 0.8; }
.figures dd { font-size: 1.5rem; font-weight: 600; margin: 0; }
@media print {
  :root { color-scheme: light; ${LIGHT} }
  section, figure, tr { break-inside: avoid; }
  h2, section p { break-after: avoid; }
  body { font-size: 13px; margin: 0; }
}
`;
