import { createElement } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { download } from '../../../export/download.js';
import type { Told } from '../story.js';
import { ShareCard } from './ShareCard.js';

const WIDTH = 1200;
const HEIGHT = 630;

/** Draws the card of a run, 1200 x 630 pixels, and gives it to the reader as a PNG. The card has no prompt and no input. */
export async function saveCard(told: Told): Promise<void> {
  const place = document.createElement('div');
  place.style.cssText = `position:fixed;left:-9999px;top:0;width:${WIDTH}px;color-scheme:light`;
  document.body.append(place);
  const root = createRoot(place);
  try {
    flushSync(() => root.render(createElement(ShareCard, { told })));
    await document.fonts.ready;
    const svg = place.querySelector('svg');
    if (svg === null) throw new Error('The card could not be drawn');
    const blob = await rasterize(inlineStyles(svg));
    download(`${told.story.run.runName}.png`, blob);
  } finally {
    root.unmount();
    place.remove();
  }
}

const KEPT = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-dashoffset',
  'stroke-linejoin',
  'opacity',
  'font-size',
  'font-weight',
  'letter-spacing',
  'text-anchor',
];

/** A drawing with its computed styles written into it: as an image it sees no style sheet. */
function inlineStyles(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg.querySelectorAll('*'), copy.querySelectorAll('*')];
  for (const [index, element] of from.entries()) {
    const computed = getComputedStyle(element);
    const target = to[index];
    if (!(target instanceof SVGElement)) continue;
    for (const name of KEPT) target.style.setProperty(name, computed.getPropertyValue(name));
    target.removeAttribute('class');
  }
  return copy;
}

async function rasterize(svg: SVGSVGElement): Promise<Blob> {
  const image = new Image();
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const style = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  style.textContent = await fontFace();
  svg.prepend(style);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  canvas.getContext('2d')?.drawImage(image, 0, 0);
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The card could not be drawn')) : resolve(blob)), 'image/png'),
  );
}

/** The page's own typeface as a data URL, since an image loads nothing. */
async function fontFace(): Promise<string> {
  const href = document.querySelector<HTMLLinkElement>('link[rel=preload][as=font][href*="geist-latin"]')?.href;
  if (href === undefined) return '';
  const bytes = new Uint8Array(await (await fetch(href)).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `@font-face{font-family:"Geist Variable";font-weight:100 900;src:url(data:font/woff2;base64,${btoa(text)})}text{font-family:"Geist Variable",sans-serif}`;
}
