// Building the page: elements from data, texts only as text. Nothing here ever parses HTML.

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'g', 'path', 'line', 'rect', 'text', 'circle', 'title']);

/** An element with attributes and children; strings become text nodes, null and false nothing. */
export function el(tag, attributes = {}, ...children) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Makes the children of `parent` like `wanted`, touching only what differs, so that focus and selection stay. */
export function show(parent, wanted) {
  const have = [...parent.childNodes];
  wanted.forEach((node, place) => {
    const old = have[place];
    if (!old) parent.append(node);
    else if (!morph(old, node)) old.replaceWith(node);
  });
  have.slice(wanted.length).forEach((node) => node.remove());
}

function morph(old, node) {
  if (old.nodeName !== node.nodeName) return false;
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== node.data) old.data = node.data;
    return true;
  }
  for (const { name } of [...old.attributes]) if (!node.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...node.attributes]) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  show(old, [...node.childNodes]);
  return true;
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A number as people read it. */
export function number(value) {
  if (value === null || value === undefined) return '–';
  return (Math.abs(value) < 100 && !Number.isInteger(value) ? FINE : WHOLE).format(value);
}

/** Bytes with a unit. */
export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let place = 0;
  while (value >= 1024 && place < units.length - 1) { value /= 1024; place += 1; }
  return `${number(place === 0 ? value : Math.round(value * 10) / 10)} ${units[place]}`;
}

/** Milliseconds since 1970 as date and time, in the zone that the column means. */
export function moment(millis) {
  if (millis === null || millis === undefined) return '–';
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? 'the end' : date.toISOString().slice(0, 16).replace('T', ' ');
}

/** A duration in its largest units. */
export function duration(millis) {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 10) return `${FINE.format(seconds)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} d`;
}
