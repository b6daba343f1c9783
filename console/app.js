// The page: asks for the platform's status each second, and shows topics, jobs and outputs; charts come from view.js.

import { bytes, duration, el, moment, number, show } from './dom.js';
import { ViewPanel } from './view.js';

const PERIOD = 1000;
/** Rates are taken over so many milliseconds. */
const SPAN = 4000;
const FATES = ['applied', 'filtered', 'late', 'refused', 'failed', 'waiting'];
const MEANINGS = {
  applied: 'took part in what was delivered',
  filtered: 'left out by the query',
  late: 'came behind the watermark',
  refused: 'broke a rule',
  failed: 'could not be read',
  waiting: 'in windows that are still open',
};

const byId = (id) => document.getElementById(id);
const panel = new ViewPanel({
  section: byId('views'), title: byId('views-title'), tabs: byId('tabs'), freshness: byId('freshness'),
  legend: byId('legend'), readout: byId('readout'), chart: byId('chart'), rows: byId('rows'),
});

// Rates ---------------------------------------------------------------------------------------------------------------

const history = new Map();

/** The rate of a counter per second, over the last few polls; null until there are two. */
function rate(name, value, now) {
  const samples = history.get(name) ?? [];
  history.set(name, samples);
  const last = samples.at(-1);
  if (last && (value < last.value || now <= last.now)) samples.length = 0;
  samples.push({ now, value });
  while (samples.length > 2 && samples[0].now < now - SPAN) samples.shift();
  const [first] = samples;
  return samples.length < 2 ? null : ((value - first.value) * 1000) / (now - first.now);
}

const perSecond = (value) => (value === null ? '–' : `${number(value < 100 ? Math.round(value * 10) / 10 : value)}/s`);

// Flow ----------------------------------------------------------------------------------------------------------------

/** A figure with its name. */
const figure = (name, value, kind) => el('div', { class: kind }, el('dt', {}, name), el('dd', {}, value));

const total = (counts) => Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0);

function fatesOf(branch) {
  return Object.fromEntries(FATES.map((fate) => [fate, fate === 'filtered' ? total(branch.filtered) : branch[fate] ?? 0]));
}

/** The shares of all fates as one bar; the figures beside it say the same in text. */
function bar(fates) {
  const all = total(fates);
  let at = 0;
  const parts = FATES.map((fate) => {
    // What is there at all must be seen.
    const width = fates[fate] === 0 || all === 0 ? 0 : Math.max(0.6, (fates[fate] / all) * 100);
    const x = Math.min(at, 100 - width);
    at += width;
    return width > 0 && el('rect', { class: fate, x, y: 0, width, height: 6 });
  });
  return el('svg', { class: 'bar', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, parts);
}

function causes(branch, fate) {
  const names = Object.entries(branch.filtered ?? {}).filter(([, count]) => count > 0);
  return fate === 'filtered' && names.length ? ` (${names.map(([name, count]) => `${name} ${number(count)}`).join(', ')})` : '';
}

function branchItem(job, branch, now) {
  const fates = fatesOf(branch);
  const shown = FATES.filter((fate) => fates[fate] > 0);
  return el('li', {},
    el('h4', {}, branch.writes),
    el('dl', { class: 'figures' },
      figure('out', perSecond(rate(`out ${job.name} ${branch.name}`, branch.output, now))),
      figure('rows', number(branch.output)),
      branch.watermark !== null && figure('watermark', moment(branch.watermark))),
    bar(fates),
    el('dl', { class: 'fates' }, shown.map((fate) => figure(fate, number(fates[fate]) + causes(branch, fate), fate))));
}

function sourceItem(job, source, now) {
  return el('li', {},
    el('h4', {}, source.reads || source.table),
    el('dl', { class: 'figures' },
      figure('in', perSecond(rate(`in ${job.name} ${source.table}`, source.rows, now))),
      figure('rows', number(source.rows)),
      source.lag !== null && figure('lag', number(source.lag)),
      source.watermark !== null && figure('watermark', moment(source.watermark))));
}

function jobItem(job, now) {
  const age = job.checkpoint > 0 ? `${duration(now - job.checkpoint_at)} ago` : 'none yet';
  return el('li', { class: 'job' },
    el('div', { class: 'side' }, el('p', { class: 'over' }, 'reads'), el('ul', {}, job.sources.map((s) => sourceItem(job, s, now)))),
    el('div', { class: 'middle' },
      el('h3', {}, job.name),
      el('p', { class: `state ${job.state}` }, job.state),
      el('dl', { class: 'figures' },
        figure('checkpoint', age),
        job.checkpoint > 0 && figure('took', `${number(job.checkpoint_ms)} ms`),
        figure('state', bytes(job.state_bytes))),
      job.error && el('p', { class: 'error' }, job.error)),
    el('div', { class: 'side' }, el('p', { class: 'over' }, 'writes'), el('ul', {}, job.branches.map((b) => branchItem(job, b, now)))));
}

function showFlow(status) {
  const jobs = status.jobs ?? [];
  const empty = el('li', { class: 'note' }, 'No jobs run. Put SQL files into a folder and start it with ', el('code', {}, 'yeoul run <folder>'), '.');
  show(byId('jobs'), jobs.length ? jobs.map((job) => jobItem(job, status.now)) : [empty]);
  show(byId('key'), jobs.length ? FATES.map((fate) => el('li', { class: fate, title: MEANINGS[fate] }, fate)) : []);
}

// Topics --------------------------------------------------------------------------------------------------------------

function topicRow(topic, now) {
  const sum = (pick) => topic.partitions.reduce((all, partition) => all + pick(partition), 0);
  const end = sum((partition) => partition.high_watermark);
  const records = end - sum((partition) => partition.log_start);
  return el('tr', {},
    el('th', { scope: 'row' }, topic.name),
    el('td', {}, perSecond(rate(`topic ${topic.id}`, end, now))),
    el('td', {}, number(records)),
    el('td', {}, bytes(sum((partition) => partition.bytes))),
    el('td', {}, number(topic.partitions.length)));
}

function showTopics(status) {
  const topics = status.topics ?? [];
  byId('topics').hidden = topics.length === 0;
  const names = ['topic', 'in', 'records', 'size', 'partitions'];
  const head = el('thead', {}, el('tr', {}, names.map((name) => el('th', { scope: 'col' }, name))));
  show(byId('topics').querySelector('table'), [head, el('tbody', {}, topics.map((topic) => topicRow(topic, status.now)))]);
}

// Head ----------------------------------------------------------------------------------------------------------------

function showHead(status) {
  byId('project').textContent = status.project ?? '';
  document.title = status.project ? `${status.project} · Yeoul` : 'Yeoul';
  const failed = status.log?.health && status.log.health !== 'serving' ? status.log.reason ?? status.log.health : null;
  const trouble = failed ?? status.not_ready;
  showHealth(trouble ? 'trouble' : 'live', trouble ?? 'live');
  show(byId('facts'), [
    ...(status.listeners ?? []).map((listener) => figure(listener.name, listener.address)),
    figure('up', duration(status.uptime_ms)),
    figure('memory', bytes(status.resident_bytes)),
    figure('version', status.version),
  ]);
}

function showHealth(kind, text) {
  const health = byId('health');
  if (health.className !== kind) health.className = kind;
  if (health.textContent !== text) health.textContent = text;
}

// Polling -------------------------------------------------------------------------------------------------------------

async function poll() {
  try {
    const answer = await fetch('/v1/status', { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const status = await answer.json();
    showHead(status);
    showFlow(status);
    showTopics(status);
    panel.offer(status.views ?? []);
  } catch {
    showHealth('trouble', 'not reachable, trying again');
  }
}

async function run() {
  for (;;) {
    if (!document.hidden) await poll();
    await new Promise((resolve) => { setTimeout(resolve, PERIOD); });
  }
}

document.addEventListener('visibilitychange', () => panel.visible(!document.hidden));
run();
