// The rules of accessibility that a browser alone can judge, without any library. `broken(grey)`
// gives a line for each place that breaks one; with `grey` colours are judged as a printer or an
// eye without colours sees them.
'use strict';

const all = (what, from = document) => [...from.querySelectorAll(what)];
const shown = (node) => node.checkVisibility({ visibilityProperty: true });
const short = (node) => node.outerHTML.slice(0, 120).replace(/\s+/g, ' ');
const words = (node) => (node ? node.textContent.trim() : '');

/** The name that a screen reader says. */
function name(node) {
  const by = (node.getAttribute('aria-labelledby') || '').split(/\s+/).filter(Boolean);
  const said = by.map((id) => words(document.getElementById(id))).join(' ').trim();
  if (said) return said;
  if (node.getAttribute('aria-label')) return node.getAttribute('aria-label').trim();
  if (node.labels && node.labels.length) {
    return [...node.labels].map((label) => {
      const own = label.cloneNode(true);
      all('select, input, textarea', own).forEach((control) => control.remove());
      return words(own);
    }).join(' ').trim();
  }
  const field = ['INPUT', 'SELECT', 'TEXTAREA'].includes(node.tagName);
  return (field ? '' : words(node)) || (node.getAttribute('title') || '').trim();
}

function structure(say) {
  const root = document.documentElement;
  if (!['vi', 'en'].includes(root.lang)) say('lang', root);
  if (!document.title.trim()) say('title', root);
  if (all('main').length !== 1) say('one-main', document.body);
  if (all('h1').filter(shown).length !== 1) say('one-h1', document.body);
  let level = 0;
  for (const head of all('h1, h2, h3, h4, h5, h6').filter(shown)) {
    const own = Number(head.tagName[1]);
    if (own > level + 1 || !words(head)) say('heading-order', head);
    level = own;
  }
  for (const mark of all('section, nav, [role=region], [role=search], [role=group]')) {
    if (!mark.matches('[aria-label], [aria-labelledby]') || !name(mark)) say('landmark-name', mark);
  }
  const outside = all('body > *').filter((node) => shown(node) && words(node)
    && !['MAIN', 'HEADER', 'NAV', 'FOOTER', 'SCRIPT'].includes(node.tagName)
    && !node.querySelector('main') && !node.matches('.skip, #said'));
  outside.forEach((node) => say('outside-landmarks', node));
  const ids = new Set();
  for (const node of all('[id]')) {
    if (ids.has(node.id)) say('duplicate-id', node);
    ids.add(node.id);
  }
  for (const way of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
    for (const node of all(`[${way}]`)) {
      const to = node.getAttribute(way).split(/\s+/);
      if (!to.every((id) => ids.has(id))) say('reference', node);
    }
  }
  for (const link of all('a[href^="#"]')) {
    const to = link.getAttribute('href').slice(1).split('?')[0];
    if (to && !ids.has(to)) say('dead-link', link);
  }
  for (const list of all('ul, ol')) {
    if (![...list.children].every((node) => node.tagName === 'LI')) say('list', list);
  }
  const zoom = document.querySelector('meta[name=viewport]');
  if (!zoom || /user-scalable=no|maximum-scale/.test(zoom.content)) say('zoom', zoom || root);
}

function names(say) {
  const controls = 'button, a[href], input:not([type=hidden]), select, textarea, summary, '
    + '[role=region], [role=img], [role=button], [tabindex="0"]';
  for (const node of all(controls)) {
    if (!node.closest('[aria-hidden=true]') && !name(node)) say('name', node);
  }
  for (const svg of all('svg')) {
    const told = svg.getAttribute('role') === 'img' || svg.closest('[aria-hidden=true]');
    if (!told) say('drawing', svg);
  }
  for (const node of all('[tabindex]')) {
    if (Number(node.getAttribute('tabindex')) > 0) say('tabindex', node);
  }
}

function tables(say) {
  for (const table of all('table')) {
    // that of an exception's candidates stands in the named row of its exception
    const named = words(table.caption)
      || table.matches('[aria-label], [aria-labelledby], .compare *');
    if (!named) say('table-name', table);
    if (!table.querySelector('th[scope=col]')) say('table-columns', table);
    for (const head of all('th', table)) {
      if (!['col', 'row', 'colgroup', 'rowgroup'].includes(head.getAttribute('scope'))
        || !words(head)) say('table-header', head);
    }
    const wide = (row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
    const columns = table.tHead && wide(table.tHead.rows[table.tHead.rows.length - 1]);
    for (const row of all('tbody tr', table)) {
      if (columns && wide(row) > columns) say('table-width', row);
    }
  }
}

/** A colour of a computed style: red, green, blue 0-255, and how much it covers. */
function colour(text) {
  const part = text.match(/[\d.]+/g);
  if (!part || text === 'none') return null;
  const [r, g, b, a = '1'] = part;
  return { rgb: [r, g, b].map(Number), a: Number(a) };
}

const over = (top, below) => top.rgb.map((c, i) => c * top.a + below[i] * (1 - top.a));
const toGrey = ([r, g, b]) => Array(3).fill(0.2126 * r + 0.7152 * g + 0.0722 * b);

function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** What lies under a node. */
function ground(node) {
  const above = [];
  for (let at = node; at; at = at.parentElement) above.unshift(at);
  return above.reduce((below, at) => {
    const own = colour(getComputedStyle(at).backgroundColor);
    return own && at.namespaceURI.endsWith('xhtml') ? over(own, below) : below;
  }, [255, 255, 255]);
}

function contrast(say, grey) {
  let least = 21;
  const seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || seen.has(node) || !shown(node)) continue;
    seen.add(node);
    if (node.closest('.sr, script, style, title, pre#said')) continue;
    const style = getComputedStyle(node);
    const ink = colour(node.closest('svg') ? style.fill : style.color);
    const below = ground(node);
    let [front, back] = [over(ink, below), below];
    if (grey) [front, back] = [toGrey(front), toGrey(back)];
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const found = ratio(front, back);
    if (found < (large && !grey ? 3 : 4.5)) say(`contrast ${found.toFixed(2)}`, node);
    least = Math.min(least, found);
  }
  if (seen.size < 100) say(`only ${seen.size} texts were judged`, document.body);
  return least;
}

/** Whatever can be reached by the keyboard shows that it was. */
function focus(say) {
  const reached = all('a[href], button, select, input, summary, [tabindex="0"]');
  let judged = 0;
  for (const node of reached.filter((node) => shown(node) && !node.disabled)) {
    node.focus({ preventScroll: true });
    if (document.activeElement !== node) continue;
    judged += 1;
    const marked = node.matches('.filter') ? node.nextElementSibling : node;
    const style = getComputedStyle(marked);
    const line = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    if (!line) say('focus', node);
  }
  if (document.activeElement) document.activeElement.blur();
  if (judged < 5) say(`only ${judged} were reached`, document.body);
}

function broken(grey) {
  const lines = [];
  const say = (rule, node) => lines.push(`${rule}: ${short(node)}`);
  all('details').forEach((box) => { box.open = true; });
  structure(say);
  names(say);
  tables(say);
  focus(say);
  contrast(say, grey);
  return lines;
}

/** What tells a state when no colour does: words, marks before them, shapes. */
function told() {
  const before = (node) => getComputedStyle(node, '::before').content;
  const lamp = document.querySelector('.lamp');
  const verdict = [words(lamp), words(document.querySelector('.word')),
    getComputedStyle(lamp).borderRadius].join(' ');
  const tags = new Map();
  for (const tag of all('.tag').filter(shown)) tags.set(tag.className, words(tag));
  const bad = all('.bad').filter(shown).map((node) => before(node) + words(node));
  const banners = all('.banner b').map((node) => before(node));
  const changes = all('.tiles .change').map(words);
  const goal = document.querySelector('line.goal');
  const lines = goal ? getComputedStyle(goal).strokeDasharray : '';
  const plain = document.querySelector('.whisker');
  return {
    verdict, tags: [...tags], bad, banners, changes, goal: lines,
    whisker: plain ? getComputedStyle(plain).strokeDasharray : '',
  };
}
