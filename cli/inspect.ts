/** beex inspect: what is in a model file. */
import type { Command } from 'commander';
import { PolicyKind, RowKind } from '../assembly/format.ts';
import { twinBytes } from '../host/bench/index.ts';
import { type Footprint, predictFootprint } from '../host/mcu/footprint.ts';
import { type Classifier, load, type OperatingPoint } from '../host/node/index.ts';
import { modelBytes } from '../host/node/models.ts';
import { policyKindName } from '../host/policy.ts';
import { type Budget, fitPresets, fitsText, footprintFacts, parseBudget } from './budget.ts';
import { addModelOptions, type ModelOptions } from './options.ts';
import { bar, colors, count, digits, percent, print, printJson, table } from './output.ts';

const EXAMPLES = `
Examples:
  $ beex inspect
  $ beex inspect --model my.beex --json
  $ beex inspect --budget flash=256K,ram=64K

With --json:
  {"bytes", "twinBytes", "ratio", "dims", "rareTokens", "sections": [{"name", "offset", "bytes"}], "arenaBytes",
   "device": {"flash", "ram", "reads"}, "labels", "policies", "card"}
Rare tokens are those whose embedding rows come behind exit 1: beex pack --common-tokens.
The twin is the same architecture in float32; twinBytes are its parameters alone, at 4 bytes each.
The device is one that runs it by host/mcu's library, with the model in flash: docs/devices.md.
--budget says which presets fit a device, and with how large a vocabulary.`;

interface Options extends ModelOptions {
  budget?: Budget;
}

export function register(program: Command): void {
  addModelOptions(program.command('inspect').description('show what is in a model file'))
    .option('--budget <budget>', 'say what would fit a device, such as flash=256K,ram=64K', parseBudget)
    .addHelpText('after', EXAMPLES)
    .action(inspect);
}

async function inspect(options: Options): Promise<void> {
  if (options.budget) {
    const fits = await fitPresets(options.budget);
    await (options.json ? printJson(fits) : print(fitsText(fits)));
    return;
  }
  const file = await modelBytes(options.model);
  const model = await load(file, { build: options.build });
  const { info } = model;
  model.dispose();
  const device = await predictFootprint(file, info);
  await (options.json ? printJson(jsonForm(info, device)) : print(textForm(options.model, info, device)));
}

type Info = Classifier['info'];

function jsonForm(info: Info, device: Footprint) {
  const { fileBytes, dimensions, rareTokens, sections, arenaBytes, labels, policies, card } = info;
  const twin = twinBytes(dimensions);
  return {
    bytes: fileBytes,
    twinBytes: twin,
    ratio: twin / fileBytes,
    dims: dimensions,
    rareTokens,
    sections,
    arenaBytes,
    device,
    labels,
    policies: policies.map(({ name, kind, parameter, thresholds }) => ({
      name,
      kind: policyKindName(kind),
      parameter,
      thresholds: Array.from(thresholds),
    })),
    card,
  };
}

function textForm(name: string, info: Info, device: Footprint): string {
  const { fileBytes, dimensions, arenaBytes, labels, policies, card } = info;
  const { hidden, slfn, blocks, heads, tokens, vocabulary, segments } = dimensions;
  const carried = dimensions.recurrence ? ', each behind a light recurrence' : '';
  const scored = dimensions.binaryScores ? ', scores of signs' : '';
  const twin = twinBytes(dimensions);
  const rows = info.rowKind === RowKind.Bits ? 'one bit a weight' : 'one byte a weight';
  const behind = info.rareTokens > 0 ? `, ${count(info.rareTokens)} of them behind exit 1` : '';
  const facts = [
    ['file', `${count(fileBytes)} bytes`],
    ['float32 twin', `${count(twin)} bytes: ${(twin / fileBytes).toFixed(1)} times as large`],
    ['working memory', `${count(arenaBytes)} bytes besides the file`],
    ['blocks', `${blocks} of hidden ${hidden}, SLFN ${slfn}, ${heads} heads${scored}${carried}`],
    ['input', `${segments === 2 ? 'pairs of texts' : 'single texts'}, at most ${tokens} tokens`],
    ['vocabulary', `${count(vocabulary)} tokens, embedding rows of ${rows}${behind}`],
    ['labels', labels.join(', ')],
  ];
  return [
    heading(name),
    table(['', ''], facts, [0, 1]).split('\n').slice(1).join('\n'),
    heading('On a device'),
    table(['', ''], footprintFacts(device), [0, 1]).split('\n').slice(1).join('\n'),
    heading('Sections'),
    table(['', 'offset', 'bytes', 'share', ''], sectionRows(info), [0, 4]),
    heading('Policies'),
    table(['', 'rule', 'thresholds'], policies.map(policyRow), [0, 1, 2]),
    heading('Card'),
    cardLines(card, 0).join('\n') || 'empty',
  ]
    .join('\n\n')
    .trimEnd();
}

const heading = (text: string) => colors.bold(colors.underline(text));

function sectionRows({ sections, fileBytes }: Info): string[][] {
  const table = { name: 'header and table', offset: 0, bytes: sections[0].offset };
  const parts = [table, ...sections];
  const padding = fileBytes - parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const row = (name: string, offset: string, bytes: number) => {
    const share = bytes / fileBytes;
    return [name, offset, count(bytes), percent(share), colors.cyan(bar(share, 20))];
  };
  return [
    ...parts.map(({ name, offset, bytes }) => row(name, count(offset), bytes)),
    row('padding', '', padding),
  ];
}

function policyRow({ name, kind, parameter, thresholds }: OperatingPoint): string[] {
  const rule = policyKindName(kind);
  if (kind === PolicyKind.Full) return [name, rule, ''];
  const takesParameter = kind === PolicyKind.Fixed || kind === PolicyKind.Patience;
  return [
    name,
    takesParameter ? `${rule} ${parameter}` : rule,
    takesParameter ? '' : Array.from(thresholds, digits).join('  '),
  ];
}

/** JSON as indented lines without brackets. */
function cardLines(value: object, depth: number): string[] {
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const start = '  '.repeat(depth) + colors.cyan(key);
    const isList = Array.isArray(item) && item.every((entry) => typeof entry !== 'object');
    if (typeof item === 'object' && item !== null && !isList) return [start, ...cardLines(item, depth + 1)];
    return [`${start}  ${isList ? (item as unknown[]).join(', ') : item}`];
  });
}
