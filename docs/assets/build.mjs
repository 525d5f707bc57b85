// Builds cdm/static/cdm/ from cdm.scss and the packages pinned in package-lock.json.
// Run `npm ci && npm run build` in this folder; commit what changes.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const out = join(root, "cdm", "static", "cdm");
const modules = join(here, "node_modules");

const versionOf = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")).version;

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

// Hashed static storage follows source map comments and stops at a missing map, so they are taken off.
const withoutSourceMap = (text) => text.replace(/\/\/# sourceMappingURL=\S+\s*$/, "").trimEnd() + "\n";

const css = sass.compile(join(here, "cdm.scss"), {
  style: "compressed",
  quietDeps: true,
  silenceDeprecations: ["import"],
}).css;
if (/GDS Transport/i.test(css)) throw new Error("The stylesheet still names GDS Transport; check $govuk-font-family.");
if (/url\(["']?\/assets/.test(css)) throw new Error("The stylesheet still points into /assets.");
const banner =
  `/*! CDM Registry. Built from docs/assets/cdm.scss with GOV.UK Frontend ${versionOf("govuk-frontend")} ` +
  `(MIT, see ../vendor/govuk-frontend/LICENSE.txt); do not edit by hand. */\n`;
const charset = "\u{FEFF}";
write(join(out, "css", "cdm.css"), banner + css.replace(charset, "").replace(/^@charset "UTF-8";/, "") + "\n");

const govuk = join(modules, "govuk-frontend", "dist", "govuk");
write(
  join(out, "vendor", "govuk-frontend", "govuk-frontend.min.js"),
  withoutSourceMap(readFileSync(join(govuk, "govuk-frontend.min.js"), "utf8")),
);
copy(join(here, "licences", "govuk-frontend.txt"), join(out, "vendor", "govuk-frontend", "LICENSE.txt"));

const htmx = join(modules, "htmx.org");
write(join(out, "vendor", "htmx", "htmx.min.js"), withoutSourceMap(readFileSync(join(htmx, "dist", "htmx.min.js"), "utf8")));
copy(join(htmx, "LICENSE"), join(out, "vendor", "htmx", "LICENSE.txt"));

const font = join(modules, "@fontsource-variable", "public-sans");
for (const range of ["latin", "latin-ext", "vietnamese"]) {
  const file = `public-sans-${range}-wght-normal.woff2`;
  copy(join(font, "files", file), join(out, "vendor", "public-sans", file));
}
copy(join(font, "LICENSE"), join(out, "vendor", "public-sans", "LICENSE.txt"));

const axe = join(modules, "axe-core");
const axeOut = join(root, "tests", "browser", "vendor");
copy(join(axe, "axe.min.js"), join(axeOut, "axe.min.js"));
copy(join(axe, "LICENSE"), join(axeOut, "axe-core-LICENSE.txt"));
copy(join(axe, "LICENSE-3RD-PARTY.txt"), join(axeOut, "axe-core-LICENSE-3RD-PARTY.txt"));

const pinned = ["govuk-frontend", "htmx.org", "@fontsource-variable/public-sans"];
write(
  join(out, "vendor", "VERSIONS.txt"),
  "Vendored by docs/assets/build.mjs. Each folder holds its own licence.\n" +
    pinned.map((name) => `${name} ${versionOf(name)}`).join("\n") + "\n",
);
console.log(`cdm.css: ${Math.round(css.length / 1024)} KB`);
