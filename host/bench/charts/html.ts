/** A page of charts as one self-contained file: what to draw as JSON, and the script that draws it. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

export interface ChartPage {
  /** Which page of cli/charts.ts draws it. */
  page: string;
  title: string;
  report: unknown;
}

const { resolve } = createRequire(import.meta.url);

export async function chartPage({ page, title, report }: ChartPage): Promise<string> {
  const script = await readFile(resolve('beexformer/charts.js'), 'utf8');
  // Within a script element, only this ends it.
  const safe = (text: string) => text.replaceAll('</', '<\\/');
  const data = safe(JSON.stringify({ page, report })).replaceAll('<!--', '<\\u0021--');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</title>
<main id="report"></main>
<script type="application/json" id="data">${data}</script>
<script>${safe(script)}</script>
</html>
`;
}
