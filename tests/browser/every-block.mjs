// A page with all blocks of the default theme, for any copy of the sample shop, and a product whose description sells another one.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = `---
title: Blocks
---

::: toc title="On this page" :::

## Pictures

::: figure src="about.jpg" alt="Five cards on a table" wide
Our **table**, from above.
:::

::: figure src="about.jpg" alt="Five cards on a table" caption="Again" :::

::: figure src="about.jpg" alt="The table, drawn on narrow screens" narrow="plan.svg" :::

::: gallery columns=2 caption="Two of them"
![Cards](about.jpg)

![Home](home.jpg)
:::

::: video href="https://video.example/1" title="Firing" poster="home.jpg" :::

::: video src="kiln.mp4" title="The kiln" poster="home.jpg"
The kiln.
:::

## Buying

::: accordion title="Wrap it?"
::: buy product="understory-gift-wrap" :::
:::

::: buy product="gift-card" :::

::: buy product="wallpaper-pack" :::

::: buy product="understory-gift-wrap" :::

::: buy product="wallpaper-pack" :::

::: product product="azulejo-jigsaw" :::

::: products collection="tiles" limit=3 :::

::: products products="azulejo-jigsaw, gift-card, tideline-mug" limit=2 :::

## Words

::: note title="Mind"
A word of advice.

::: accordion title="Within"
Three days.
:::

:::

::: accordion title="How long?" open
Three days.
:::

> [!TIP]
> An alert.

\`\`\`rust {lines mark="2" title="main.rs"}
fn main() {
    println!("a line that is much longer than the screen of any telephone, so that something has to be scrolled {}", 1);
}
\`\`\`

::: table data="sizes" caption="Sizes" :::

::: table data="sizes" columns="Size, Price" :::

::: table data="shelves" caption="Shelves" :::
`;

const PLAN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 5"><path d="M0 0h4v5H0z" fill="#b9b2a3"/></svg>';

/** Sells, in its description, a thing without choices. */
export const SELLER = { page: '/products/tideline-mug/', file: 'products/kitchen/mugs/tideline-mug.yaml' };

/** Adds the page, at `/blocks/`, and what it names. @param {string} folder */
export function addBlocks(folder) {
  const seller = join(folder, SELLER.file);
  writeFileSync(seller, readFileSync(seller, 'utf8').replace(/^date:/m, '\n  ::: buy product="understory-gift-wrap" :::\n$&'));
  writeFileSync(join(folder, 'content/blocks.md'), PAGE);
  writeFileSync(join(folder, 'content/kiln.mp4'), 'no film');
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'content/plan.svg'), PLAN);
  writeFileSync(join(folder, 'data/shelves.yaml'), '- {Shelf: Left, Cups: 0, Full: false}\n- {Shelf: Right, Cups: 12, Note: by the door}\n');
  writeFileSync(join(folder, 'data/sizes.csv'), 'Size,Height,Price\nS,9 cm,24.90\nL,12 cm,007\n');
}
