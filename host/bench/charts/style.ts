/** The page's style: system fonts, the reader's choice of light or dark, light on paper. */
export const STYLE = `
:root { color-scheme: light dark; --accent: #2f6fb5; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --accent: #6fb1f2; } }
@media print { :root { color-scheme: light; --accent: #2f6fb5; } section { break-inside: avoid; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 0; }
section p { margin: 0.2rem 0 0.6rem; opacity: 0.8; }
svg { max-width: 100%; height: auto; overflow: visible; }
.beside { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.85rem; margin: 2rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.7rem; text-align: right; }
`;
