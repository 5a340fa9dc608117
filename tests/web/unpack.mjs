// Unpacks the browser of the package, with its fonts and the libraries that a bare Linux lacks, into TMPDIR.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.env.TMPDIR;
const require = createRequire(join(process.argv[2], "package.json"));
const entry = require.resolve("@sparticuz/chromium");
const { default: chromium, inflate } = await import(pathToFileURL(entry).href);
await chromium.executablePath();
await inflate(join(dirname(entry), "..", "bin", "al2023.tar.br"));

// The package's own configuration names the folders of the platform that it was made for.
writeFileSync(
  join(folder, "fonts", "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, "fonts")}</dir>
  <cachedir>${join(folder, "font-cache")}</cachedir>
</fontconfig>
`,
);
