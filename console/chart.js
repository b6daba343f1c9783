// Lines over time, one small chart per measure under each other, with one cursor for all: by pointer or arrow keys.

import { el, moment, number, show } from './dom.js';

const HEIGHT = 132;
const LEFT = 46;
const RIGHT = 12;
const TOP = 26;
const BOTTOM = 6;
const AXIS = 26;
const HOUR = 3600000;
const STEPS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 2 * 24 * HOUR, 7 * 24 * HOUR, 28 * 24 * HOUR, 91 * 24 * HOUR, 365 * 24 * HOUR];

const titleOf = (name) => name.replaceAll('_', ' ');

/** About `count` round numbers from 0, or from below it, to the top. */
function ticks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, place) => (first + place) * step);
}

function timeTicks(from, to, most) {
  const step = STEPS.find((size) => (to - from) / size <= most) ?? STEPS.at(-1) * Math.ceil((to - from) / STEPS.at(-1) / most);
  const first = Math.ceil(from / step);
  return { step, at: Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, place) => (first + place) * step) };
}

const dayLabel = (at, step) => new Intl.DateTimeFormat('en', step < 24 * HOUR
  ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' }
  : { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(at);

export class Chart {
  constructor(place, readout) {
    this.place = place;
    this.readout = readout;
    this.cursor = null;
    place.tabIndex = 0;
    place.setAttribute('role', 'slider');
    place.setAttribute('aria-label', 'Chart over time; move with the arrow keys');
    place.addEventListener('pointermove', (event) => this.point(event));
    place.addEventListener('pointerdown', (event) => this.point(event));
    place.addEventListener('pointerleave', () => this.move(null));
    place.addEventListener('blur', () => this.move(null));
    place.addEventListener('keydown', (event) => this.key(event));
  }

  /** Draws series (`{name, color, points: [{at, row}]}`), each measure in a chart of its own. */
  draw(series, measures) {
    this.series = series;
    this.measures = measures;
    this.times = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b);
    this.place.hidden = measures.length === 0;
    this.readout.hidden = measures.length === 0;
    this.width = Math.max(280, this.place.clientWidth);
    this.step = this.times.slice(1).reduce((least, at, place) => Math.min(least, at - this.times[place]), 24 * HOUR);
    this.from = this.times[0] ?? 0;
    this.to = Math.max((this.times.at(-1) ?? 0) + this.step, this.from + 12 * this.step);
    this.paint();
  }

  x(at) {
    return LEFT + ((at - this.from) / (this.to - this.from)) * (this.width - LEFT - RIGHT);
  }

  paint() {
    if (this.measures.length === 0) return show(this.place, []);
    const height = this.measures.length * HEIGHT + AXIS;
    const parts = [this.axis(height), ...this.measures.map((measure, place) => this.measure(measure, place * HEIGHT)), this.rule(height)];
    show(this.place, [el('svg', { viewBox: `0 0 ${this.width} ${height}`, width: this.width, height, 'aria-hidden': 'true' }, parts)]);
    this.tell();
  }

  axis(height) {
    const { step, at } = timeTicks(this.from, this.to, Math.max(3, Math.floor(this.width / 76)));
    if (this.times.length === 0) return el('g', {});
    return el('g', { class: 'axis' }, at.map((tick) => [
      el('line', { x1: this.x(tick), x2: this.x(tick), y1: TOP, y2: height - AXIS }),
      el('text', { x: this.x(tick), y: height - 8, 'text-anchor': 'middle' }, dayLabel(tick, step)),
    ]));
  }

  measure(name, top) {
    const values = this.series.flatMap(({ points }) => points.map(({ row }) => row[name]).filter((value) => value !== null));
    const low = Math.min(0, ...bounds(values));
    const high = Math.max(1, ...bounds(values));
    const y = (value) => top + TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const grid = ticks(low, high, 3).map((tick) => [
      el('line', { class: tick === 0 ? 'zero' : null, x1: LEFT, x2: this.width - RIGHT, y1: y(tick), y2: y(tick) }),
      el('text', { x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' }, number(tick)),
    ]);
    return el('g', { class: 'measure' },
      el('g', { class: 'grid' }, grid),
      el('text', { class: 'title', x: LEFT, y: top + 15 }, titleOf(name)),
      this.series.map((one) => this.line(one, name, y)));
  }

  line({ color, points }, name, y) {
    const area = [];
    const line = [];
    for (const run of runs(points, name, this.step * 2.5)) {
      const places = run.map(({ at, row }) => `${round(this.x(at + this.step / 2))} ${round(y(row[name]))}`);
      const [first, last] = [run[0], run.at(-1)].map(({ at }) => round(this.x(at + this.step / 2)));
      line.push(`M${places.join('L')}${run.length === 1 ? 'h.01' : ''}`);
      area.push(`M${first} ${round(y(0))}L${places.join('L')}L${last} ${round(y(0))}Z`);
    }
    return el('g', { class: `c${color}` }, el('path', { class: 'area', d: area.join('') }), el('path', { class: 'line', d: line.join('') }));
  }

  // The cursor --------------------------------------------------------------------------------------------------------

  rule(height) {
    const at = this.cursor === null ? undefined : this.times[this.cursor];
    if (at === undefined) return el('g', {});
    const x = this.x(at + this.step / 2);
    return el('line', { class: 'rule', x1: x, x2: x, y1: TOP - 8, y2: height - AXIS });
  }

  point(event) {
    const box = this.place.getBoundingClientRect();
    const share = (event.clientX - box.left - LEFT) / (this.width - LEFT - RIGHT);
    const wanted = this.from + share * (this.to - this.from) - this.step / 2;
    let nearest = 0;
    this.times.forEach((at, place) => {
      if (Math.abs(at - wanted) < Math.abs(this.times[nearest] - wanted)) nearest = place;
    });
    this.move(this.times.length ? nearest : null);
  }

  key(event) {
    const last = this.times.length - 1;
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -24, PageDown: 24, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || last < 0) return;
    event.preventDefault();
    this.move(Math.min(last, Math.max(0, (this.cursor ?? last) + moves[event.key])));
  }

  move(cursor) {
    if (cursor === this.cursor) return;
    this.cursor = cursor;
    this.paint();
  }

  /** Says in words what is under the cursor, or at the end. */
  tell() {
    const place = this.cursor ?? this.times.length - 1;
    const at = this.times[place];
    const texts = at === undefined ? [] : this.series.map(({ name, color, points }) => {
      const row = points.find((point) => point.at === at)?.row;
      return row && { name, color, text: this.measures.map((measure) => `${titleOf(measure)} ${number(row[measure])}`).join(', ') };
    }).filter(Boolean);
    show(this.readout, at === undefined ? [document.createTextNode('Waiting for the first rows')] : [
      el('time', {}, moment(at)), ...texts.map(({ name, color, text }) => el('span', { class: `c${color}` }, el('b', {}, name), ` ${text}`)),
    ]);
    this.place.setAttribute('aria-valuemin', '0');
    this.place.setAttribute('aria-valuemax', String(Math.max(0, this.times.length - 1)));
    this.place.setAttribute('aria-valuenow', String(Math.max(0, place)));
    this.place.setAttribute('aria-valuetext', [moment(at), ...texts.map(({ name, text }) => `${name}: ${text}`)].join('; '));
  }
}

const round = (value) => Math.round(value * 10) / 10;

/** The least and the greatest; nothing of nothing. */
function bounds(values) {
  return values.length === 0 ? [] : values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

/** Points that belong together: a gap or a missing value ends a line. */
function runs(points, name, gap) {
  const found = [];
  let last = null;
  for (const point of points) {
    if (point.row[name] === null || point.row[name] === undefined) { last = null; continue; }
    if (last && point.at - last.at <= gap) found.at(-1).push(point);
    else found.push([point]);
    last = point;
  }
  return found;
}
