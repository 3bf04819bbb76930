/**
 * npm run fuzz: hostile models by the million. Goes on where the last run of the same state file stopped;
 * finds are printed with their numbers, which make the same model again.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Campaign, nothingSeen, type Seen } from './campaign.ts';
import { hostileModel } from './cases.ts';

const HELP = `npm run fuzz -- [options]
  --cases <number>    stop once this many have been run, earlier runs counted (1000000)
  --seconds <number>  stop after this time
  --state <file>      where counts are kept (runs/fuzz.json)
  --only <number>     run this one model and show it`;
const STEP = 1000;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: 'Infinity' },
    state: { type: 'string', default: 'runs/fuzz.json' },
    only: { type: 'string' },
    help: { type: 'boolean' },
  },
});

function readState(file: string): Seen {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Seen) : nothingSeen();
}

function writeState(file: string, seen: Seen): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, JSON.stringify(seen, null, 2));
  renameSync(`${file}.tmp`, file);
}

function campaign(file: string, most: number, seconds: number): Seen {
  const seen = readState(file);
  const models = new Campaign();
  const start = performance.now();
  const first = seen.cases;
  while (seen.cases < most && performance.now() - start < seconds * 1000) {
    const known = seen.finds.length;
    models.run(seen.cases, Math.min(seen.cases + STEP, most), seen);
    for (const find of seen.finds.slice(known)) console.log(`FIND ${JSON.stringify(find)}`);
    writeState(file, seen);
    if (seen.cases % (50 * STEP) === 0) {
      const rate = ((seen.cases - first) / (performance.now() - start)) * 1000;
      console.log(`${seen.cases} models, ${seen.finds.length} finds, ${rate.toFixed(0)} a second`);
    }
  }
  return seen;
}

if (values.help) console.log(HELP);
else if (values.only !== undefined) {
  const model = hostileModel(Number(values.only));
  const { number, damages, arrivals, repaired } = model;
  console.log(JSON.stringify({ number, damages, arrivals, repaired }));
  console.log(new Campaign().attempt(model));
} else {
  const seen = campaign(values.state, Number(values.cases), Number(values.seconds));
  console.log(JSON.stringify(seen, null, 2));
  process.exitCode = seen.finds.length > 0 ? 1 : 0;
}
