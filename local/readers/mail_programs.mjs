// Asks caniemail.com's data whether the mail programs our letters are for can show what their HTML uses.
// Standard input: the JSON of letters.py. Exit 1 on a feature that a program lacks, or has in part, and that is not
// accepted with a reason; and, where the letters are all there are (`all`), on what is accepted and none of them needs.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";

import { LACKED, PARTLY } from "./accepted.mjs";

const [, , tools, which] = process.argv;
const require = createRequire(pathToFileURL(join(tools, "package.json")));
const { caniemail, rawData } = await import(pathToFileURL(require.resolve("caniemail")).href);

/** Those docs/semantics.md is written for. */
const PROGRAMS = ["gmail.*", "outlook.*", "apple-mail.*", "thunderbird.*"];

// It stops at a feature nobody has tried in a program, and takes "unknown" for "in part". Not tried is not lacking.
const programs = new Set(rawData.data.flatMap(({ stats }) => programsOf(stats)));
for (const { stats } of rawData.data) {
  for (const program of programs) {
    const [family, platform] = program.split(".");
    const versions = Object.entries(stats[family]?.[platform] ?? {});
    const tried = versions.filter(([, support]) => !support.startsWith("u"));
    stats[family] ??= {};
    stats[family][platform] = tried.length > 0 ? Object.fromEntries(tried) : { untried: "y" };
  }
}

function programsOf(stats) {
  return Object.entries(stats).flatMap(([family, platforms]) =>
    Object.keys(platforms).map((platform) => `${family}.${platform}`),
  );
}

/** Of one letter: each feature, with the programs it is said of. */
function byFeature(issues) {
  const found = new Map();
  for (const [program, ofProgram] of issues) {
    for (const { title } of ofProgram) {
      found.set(title, (found.get(title) ?? new Set()).add(program));
    }
  }
  return found;
}

const letters = JSON.parse(readFileSync(0, "utf8")).filter(({ html }) => html !== null);
if (letters.length === 0) {
  console.error("No letter has HTML");
  process.exit(1);
}
const faults = new Set();
const lacked = new Set();
const partly = new Set();
// The words differ, what they are shown with seldom does: each way of showing is asked about once.
const seen = new Set();
for (const { file, html } of letters) {
  const shown = html.replace(/>[^<]+</g, "><").replace(/ href="[^"]*"/g, " href");
  if (seen.has(shown)) continue;
  seen.add(shown);
  const { issues } = caniemail({ clients: PROGRAMS, html });
  for (const [feature, programs] of byFeature(issues.errors)) {
    lacked.add(feature);
    const accepted = LACKED[feature]?.in ?? [];
    const others = [...programs].filter((program) => !accepted.includes(program));
    if (others.length > 0) faults.add(`${file}: ${feature} is not there in ${others.join(", ")}`);
  }
  for (const [feature, programs] of byFeature(issues.warnings)) {
    partly.add(feature);
    if (!(feature in PARTLY)) faults.add(`${file}: ${feature} is there only in part in ${[...programs].join(", ")}`);
  }
}
if (which === "all") {
  for (const [accepted, used] of [
    [LACKED, lacked],
    [PARTLY, partly],
  ]) {
    const unused = Object.keys(accepted).filter((feature) => !used.has(feature));
    for (const feature of unused) faults.add(`${feature} is accepted, and no letter needs that`);
  }
}
for (const fault of faults) console.error(fault);
console.log(`${letters.length} letters, ${seen.size} ways of showing, ${faults.size} faults`);
process.exit(faults.size > 0 ? 1 : 0);
