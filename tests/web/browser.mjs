// Starts the browser that `unpack.mjs` unpacked. As in a bare container: no sandbox, no graphics card.
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = process.env.KLANKBORD_WEB;
const unpacked = join(folder, "browser");
export const require = createRequire(join(folder, "package.json"));
const { chromium } = require("playwright-core");

/** `textScale` is what a user sets as text size in the browser: 2 is 200 %. */
export function launch(textScale = 1) {
  return chromium.launch({
    executablePath: join(unpacked, "chromium"),
    args: [
      "--no-sandbox",
      "--no-zygote",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--font-render-hinting=none",
      `--blink-settings=defaultFontSize=${16 * textScale}`,
    ],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(unpacked, "al2023", "lib"),
      FONTCONFIG_PATH: join(unpacked, "fonts"),
    },
  });
}

/** The whole of stdin as JSON: the job that Python gives. */
export async function job() {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString("utf8"));
}
