// One view: its rows, kept up to date by its change feed; which columns are time, series and measures; the table.

import { Chart } from './chart.js';
import { duration, el, number, show } from './dom.js';

const TABLE_ROWS = 200;
const NUMERIC = /^(TINYINT|SMALLINT|INT|BIGINT|FLOAT|DOUBLE|DECIMAL)/;
const TEXT = /^(STRING|CHAR|VARCHAR)/;
const SERIES_MAX = 8;

/** Milliseconds since 1970 of a timestamp in the SQL form. */
const millis = (text) => Date.parse(`${String(text).replace(' ', 'T').replace(/Z$/, '')}Z`);

/** What of a view can be drawn: a time, measures, and a series per value of the first text column. */
function shapeOf(view) {
  const times = view.columns.filter((column) => column.type.startsWith('TIMESTAMP'));
  const time = times.find((column) => column.name === 'window_start') ?? times[0];
  const measures = view.columns.filter((column) => NUMERIC.test(column.type)).slice(0, 4);
  const texts = view.columns.filter((column) => TEXT.test(column.type));
  if (!time || measures.length === 0) return null;
  return { time: time.name, measures: measures.map((m) => m.name), series: texts[0]?.name, label: texts[1]?.name };
}

/** The rows of a view. A table with a key has one row per key; a multiset counts equal rows. */
class Rows {
  constructor(key) {
    this.key = key;
    this.held = new Map();
  }

  idOf(row) {
    return JSON.stringify(this.key.length ? this.key.map((name) => row[name]) : row);
  }

  change(kind, row) {
    const id = this.idOf(row);
    const held = this.held.get(id);
    if (kind === '-D') {
      if (held && held.count > 1) held.count -= 1;
      else this.held.delete(id);
    } else if (held && this.key.length === 0) held.count += 1;
    else this.held.set(id, { row, count: 1 });
  }

  * [Symbol.iterator]() {
    for (const { row } of this.held.values()) yield row;
  }
}

/** The part of the page that shows one view at a time. */
export class ViewPanel {
  constructor(places) {
    this.places = places;
    this.chart = new Chart(places.chart, places.readout);
    this.hiddenSeries = new Set();
    this.views = [];
    this.dirty = false;
    places.rows.addEventListener('toggle', () => this.draw());
    places.tabs.addEventListener('click', (event) => this.clickTab(event));
    places.legend.addEventListener('click', (event) => this.clickSeries(event));
    window.addEventListener('resize', () => this.later());
  }

  /** Takes the list of views that are served now. */
  offer(views) {
    this.views = views;
    this.places.section.hidden = views.length === 0;
    if (views.length === 0) return;
    const same = views.find((view) => view.name === this.view?.name);
    const asked = views.find((view) => location.hash === `#view=${encodeURIComponent(view.name)}`);
    if (!same) this.open(asked ?? views.find(shapeOf) ?? views[0]);
    this.showHead(views.find((view) => view.name === this.view.name));
  }

  showHead(view) {
    const { title, tabs, freshness } = this.places;
    title.textContent = view.name;
    const tab = ({ name }) => el('button', { type: 'button', 'aria-pressed': String(name === view.name) }, name);
    show(tabs, this.views.length > 1 ? this.views.map(tab) : []);
    const age = view.freshness_ms === null ? 'no checkpoint yet' : `${duration(view.freshness_ms)} old`;
    freshness.textContent = `${number(view.rows)} rows · ${age}`;
  }

  clickTab(event) {
    const view = this.views.find(({ name }) => name === event.target.closest('button')?.textContent);
    if (!view) return;
    history.replaceState(null, '', `#view=${encodeURIComponent(view.name)}`);
    this.open(view);
    this.showHead(view);
  }

  clickSeries(event) {
    const name = event.target.closest('button')?.dataset.series;
    if (name === undefined) return;
    if (!this.hiddenSeries.delete(name)) this.hiddenSeries.add(name);
    this.later();
  }

  open(view) {
    this.close();
    this.view = view;
    this.shape = shapeOf(view);
    this.rows = new Rows(view.key);
    this.hiddenSeries.clear();
    this.after = null;
    this.connect();
    this.later();
  }

  connect() {
    const resume = this.after ? `?after=${encodeURIComponent(this.after)}` : '';
    this.feed = new EventSource(`/v1/views/${encodeURIComponent(this.view.name)}/changes${resume}`);
    const on = (name, take) => this.feed.addEventListener(name, (event) => {
      take(JSON.parse(event.data));
      if (event.lastEventId) this.after = event.lastEventId;
      this.later();
    });
    on('reset', () => { this.rows = new Rows(this.view.key); this.after = null; });
    on('rows', (rows) => rows.forEach((row) => this.rows.change('+I', row)));
    on('ready', () => {});
    on('change', ({ kind, row }) => this.rows.change(kind, row));
  }

  close() {
    this.feed?.close();
    this.feed = null;
  }

  /** A page that nobody sees needs no feed; it resumes where it was. */
  visible(visible) {
    if (!this.view) return;
    if (!visible) this.close();
    else if (!this.feed) this.connect();
  }

  /** Draws with the next frame, however much comes until then. */
  later() {
    if (this.dirty) return;
    this.dirty = true;
    requestAnimationFrame(() => { this.dirty = false; this.draw(); });
  }

  draw() {
    if (!this.view) return;
    const data = this.shape ? this.seriesOf() : [];
    this.showLegend(data);
    this.chart.draw(data.filter(({ name }) => !this.hiddenSeries.has(name)), this.shape?.measures ?? []);
    if (this.places.rows.open || !this.shape) this.showTable();
    if (!this.shape) this.places.rows.open = true;
  }

  /** Points by series, in order of time. */
  seriesOf() {
    const { time, series, label } = this.shape;
    const found = new Map();
    for (const row of this.rows) {
      const name = String(series === undefined ? this.view.name : row[series] ?? 'none');
      if (!found.has(name)) found.set(name, { name, label: null, points: [] });
      const entry = found.get(name);
      entry.label = label === undefined ? null : row[label] ?? entry.label;
      const at = millis(row[time]);
      if (!Number.isNaN(at)) entry.points.push({ at, row });
    }
    const data = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, SERIES_MAX);
    data.forEach((entry, place) => { entry.color = place; entry.points.sort((a, b) => a.at - b.at); });
    return data;
  }

  showLegend(data) {
    const button = ({ name, label, color }) => el('button', {
      type: 'button', class: `c${color}`, 'data-series': name, 'aria-pressed': String(!this.hiddenSeries.has(name)),
    }, el('b', {}, name), label && el('span', {}, label));
    show(this.places.legend, data.length > 1 || data[0]?.label ? data.map(button) : []);
  }

  showTable() {
    const { columns } = this.view;
    const time = this.shape?.time;
    let rows = [...this.rows];
    if (time) rows.sort((a, b) => (a[time] < b[time] ? 1 : -1));
    rows = rows.slice(0, TABLE_ROWS);
    const value = (cell) => (cell === null ? '–' : typeof cell === 'number' ? number(Math.round(cell * 1000) / 1000) : typeof cell === 'object' ? JSON.stringify(cell) : cell);
    const head = el('thead', {}, el('tr', {}, columns.map(({ name, type }) => el('th', { scope: 'col', class: NUMERIC.test(type) ? 'num' : null }, name))));
    const line = (row) => el('tr', {}, columns.map(({ name, type }) => el('td', { class: NUMERIC.test(type) ? 'num' : null }, value(row[name]))));
    const caption = el('caption', {}, this.rows.held.size > TABLE_ROWS ? `The latest ${TABLE_ROWS} rows` : 'All rows');
    show(this.places.rows.querySelector('table'), [caption, head, el('tbody', {}, rows.map(line))]);
  }
}
