'use strict';
// The page: what is shown, and what clicks do.

(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const {boxes, links} = data;
  const find = id => document.getElementById(id);
  const panel = find('panel');
  const spaces = [...new Set(boxes.filter(box => box.namespace !== null).map(box => box.namespace))].sort();
  const collapsed = new Set(boxes.length > (innerWidth < 600 ? 8 : 80) ? spaces : []);
  const outOf = boxes.map(() => []);
  const into = boxes.map(() => []);
  links.forEach((link, at) => { outOf[link.from].push(at); into[link.to].push(at); });
  const groupsOf = boxes.map(() => []);
  boxes.forEach((box, at) => { if (box.kind === 'group') box.members.forEach(member => groupsOf[member].push(at)); });
  const spaceBox = new Map(spaces.map((space, at) => [space, 's' + at]));
  const membersOf = new Map(spaces.map(space => [space, []]));
  boxes.forEach((box, at) => { if (box.namespace !== null && box.kind !== 'group') membersOf.get(box.namespace).push(at); });
  let picked = null;
  let cy = null;
  let upright = false;

  const fullName = at => (boxes[at].namespace === null ? '' : boxes[at].namespace + '/') + boxes[at].name;
  const before = {added: 'added: ', removed: 'removed: ', wider: 'wider: ', narrower: 'narrower: ', changed: 'now: '};
  const portsOf = link => (before[link.change] || '') + (link.unknown ? (link.allowed ? link.allowed + '; ' : '') + '? ' + link.unknown : link.allowed);

  // ---- what is shown

  function wantedPort() {
    const match = /^\s*(?:(tcp|udp|sctp)(?:\/|\s*$))?(\d*)\s*$/i.exec(find('port').value);
    if (!match || (!match[1] && !match[2])) return null;
    return {protocol: match[1] ? match[1].toUpperCase() : null, port: match[2] ? Number(match[2]) : null};
  }

  function hasPort(link, wanted) {
    if (wanted === null) return true;
    return link.ports.some(([protocol, first, last]) => (wanted.protocol === null || wanted.protocol === protocol)
      && (wanted.port === null || (first <= wanted.port && wanted.port <= last)));
  }

  function isIn(at, space) {
    const box = boxes[at];
    return box.namespace === space || (box.kind === 'group' && box.members.some(member => boxes[member].namespace === space));
  }

  function shownLinks() {
    const wanted = wantedPort();
    const space = find('namespace').value;
    const direction = find('direction').value;
    return links.filter(link => {
      if (!hasPort(link, wanted)) return false;
      if (space === '') return true;
      const [leaves, comes] = [isIn(link.from, space), isIn(link.to, space)];
      return (direction !== 'ingress' && leaves) || (direction !== 'egress' && comes);
    });
  }

  const boxId = at => {
    const space = boxes[at].namespace;
    return space !== null && collapsed.has(space) ? spaceBox.get(space) : 'b' + at;
  };

  // The elements that the filters and collapsed namespaces leave.
  function elements() {
    const shown = shownLinks();
    const space = find('namespace').value;
    const wanted = wantedPort();
    const ends = new Set(shown.flatMap(link => [link.from, link.to]));
    const visible = at => (space === '' && wanted === null) || ends.has(at) || (wanted === null && isIn(at, space));
    const merged = new Map();
    for (const link of shown) {
      const [from, to] = [boxId(link.from), boxId(link.to)];
      if (from === to) continue;
      const kind = link.change || (link.allowed === '' ? 'unsure' : link.isolated ? 'rule' : 'free');
      const key = from + ' ' + to;
      if (!merged.has(key)) merged.set(key, {id: 'e' + merged.size, from, to, kind, links: []});
      const entry = merged.get(key);
      if (entry.kind !== kind) entry.kind = data.isOfChanges ? 'changed' : 'rule';
      entry.links.push(link);
    }
    const made = new Map();
    boxes.forEach((box, at) => {
      if (!visible(at)) return;
      const id = boxId(at);
      if (id[0] === 's') {
        if (!made.has(id)) {
          const hot = membersOf.get(box.namespace).some(member => boxes[member].exposed);
          made.set(id, spaceElement(id, box.namespace, hot));
        }
      } else {
        made.set(id, boxElement(id, box, at));
      }
    });
    return {boxes: [...made.values()], links: [...merged.values()].map(linkElement)};
  }

  function short(name) { return name.length > 30 ? name.slice(0, 16) + '…' + name.slice(-13) : name; }

  function boxElement(id, box, at) {
    const lines = [short(box.name)];
    if (box.detail) lines.push(short(box.detail));
    const open = [];
    if (data.hidesOpen && box.kind !== 'addresses' && box.kind !== 'group') {
      if (box.ingressOpen) open.push('open to all');
      if (box.egressOpen) open.push('sends to all');
    }
    if (open.length > 0) lines.push(open.join(' · '));
    const label = lines.join('\n');
    return {id, at, label, namespace: box.namespace, kind: box.kind, hot: box.exposed, ...measured(label)};
  }

  function spaceElement(id, space, hot) {
    const members = membersOf.get(space);
    const lines = [short(space), count(members.length, 'workload')];
    const [ingress, egress] = [members.filter(at => boxes[at].ingressOpen).length, members.filter(at => boxes[at].egressOpen).length];
    const some = (number, words) => number === members.length ? words : number + ' ' + words;
    if (data.hidesOpen && ingress > 0) lines.push(some(ingress, 'open to all'));
    if (data.hidesOpen && egress > 0) lines.push(some(egress, 'sends to all'));
    const label = lines.join('\n');
    return {id, space, label, namespace: null, kind: 'space', hot, ...measured(label)};
  }

  function linkElement(entry) {
    const texts = [...new Set(entry.links.map(portsOf))];
    const label = texts.length === 1 ? texts[0] : count(entry.links.length, 'connection');
    return {...entry, label: label.length > 26 ? label.slice(0, 25) + '…' : label};
  }

  function measured(label) {
    const lines = label.split('\n');
    return {width: Math.max(60, ...lines.map(line => [...line].length * 6.9 + 18)), height: 14 + lines.length * 14.5};
  }

  // ---- the picture

  function color(name) { return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim(); }

  function style() {
    const font = {'font-size': 11, 'font-family': 'system-ui, "DejaVu Sans", sans-serif', color: color('ink')};
    const tip = (selector, name, line) => ({selector, style: {'line-color': color(name), 'target-arrow-color': color(name), 'line-style': line, color: name === 'free' ? color('soft') : name === 'rule' ? color('ink') : color(name)}});
    return [
      {selector: 'node', style: {...font, label: 'data(label)', width: 'data(width)', height: 'data(height)', shape: 'round-rectangle', 'background-color': color('box'), 'border-width': 1, 'border-color': color('line'), 'text-valign': 'center', 'text-halign': 'center', 'text-wrap': 'wrap', 'line-height': 1.25, 'text-max-width': 400}},
      {selector: 'node[kind = "addresses"]', style: {'background-color': color('outside'), shape: 'round-rectangle', 'corner-radius': 18}},
      {selector: 'node[kind = "group"]', style: {'border-style': 'dashed'}},
      {selector: 'node[kind = "space"]', style: {'background-color': color('frame'), 'border-width': 2, 'font-weight': 600}},
      {selector: 'node[?hot]', style: {'border-color': color('hot'), 'border-width': 2}},
      {selector: 'node[kind = "frame"]', style: {'background-color': color('frame'), 'border-color': color('edge'), 'border-width': 1, 'text-valign': 'top', 'text-halign': 'center', 'text-margin-y': 18, 'font-weight': 600, color: color('soft'), 'z-compound-depth': 'bottom', 'text-background-color': color('frame'), 'text-background-opacity': 0.9}},
      {selector: 'edge', style: {...font, width: 1.4, 'font-size': 10, 'curve-style': 'bezier', 'target-arrow-shape': 'triangle', 'arrow-scale': 0.8, 'text-background-color': color('paper'), 'text-background-opacity': 0.88, 'text-background-padding': 2, 'text-background-shape': 'round-rectangle', 'min-zoomed-font-size': 7}},
      tip('edge[kind = "rule"]', 'line', 'solid'), tip('edge[kind = "unsure"]', 'unsure', 'dashed'), tip('edge[kind = "free"]', 'free', 'dotted'),
      ...['added', 'wider', 'removed', 'narrower', 'changed'].map(kind => tip(`edge[kind = "${kind}"]`, kind, {removed: 'dashed', narrower: 'dotted'}[kind] || 'solid')),
      {selector: 'edge[kind = "wider"]', style: {width: 3}}, {selector: 'edge[kind = "changed"]', style: {'line-style': 'dashed', 'line-dash-pattern': [9, 3, 2, 3]}},
      {selector: 'edge[leaves]', style: {'source-endpoint': edge => edge.data('leaves'), 'target-endpoint': edge => edge.data('comes')}},
      {selector: 'edge[weights != ""][leaves]', style: {'curve-style': 'round-segments', 'edge-distances': 'endpoints', 'segment-radii': 6, 'radius-type': 'arc-radius', 'segment-weights': edge => edge.data('weights'), 'segment-distances': edge => edge.data('distances')}},
      {selector: 'node[kind = "tag"]', style: {'background-color': color('paper'), 'background-opacity': 0.9, 'border-width': 0, 'font-size': 10, 'z-compound-depth': 'top', shape: 'round-rectangle'}},
      {selector: 'node[tint = "unsure"]', style: {color: color('unsure')}},
      {selector: 'node[tint = "free"]', style: {color: color('soft')}},
      ...['added', 'wider', 'removed', 'narrower', 'changed'].map(kind => ({selector: `node[tint = "${kind}"]`, style: {color: color(kind)}})),
      {selector: 'edge.many', style: {opacity: 0.3, width: 1}},
      {selector: '.faint', style: {opacity: 0.16}},
      {selector: 'node.found, node.picked', style: {'border-color': color('picked'), 'border-width': 3}},
      {selector: 'edge.picked', style: {'line-color': color('picked'), 'target-arrow-color': color('picked'), width: 2.4, opacity: 1, 'z-index': 9}},
      {selector: 'edge.near', style: {width: 2, opacity: 1, 'z-index': 9}},
      {selector: 'edge.near[kind = "rule"]', style: {'line-color': color('picked'), 'target-arrow-color': color('picked')}},
      {selector: 'edge.near.untagged, edge.picked.untagged', style: {label: 'data(label)'}},
    ];
  }

  // Whether the picture is taller than wide, and runs down rather than to the right.
  function isUpright() {
    const stage = find('graph').getBoundingClientRect();
    return stage.width < stage.height * 0.9;
  }

  function draw() {
    upright = isUpright();
    const made = elements();
    const across = Math.max(700, Math.sqrt(made.boxes.reduce((sum, box) => sum + (box.width + 40) * (box.height + 60), 0)) * 1.35);
    roomForTitles(made.boxes);
    const {places, routes, frames} = placeBoxes(made.boxes, made.links, across, upright);
    const nodes = made.boxes.map(box => ({
      group: 'nodes',
      data: box,
      position: places[box.id],
    }));
    const parents = [...frames].map(([space, {x, y, width, height}]) => ({
      group: 'nodes', position: {x, y}, data: {id: 'p' + spaceBox.get(space), space, label: short(space), kind: 'frame', width, height},
    }));
    const few = made.links.length <= 40;
    const edges = made.links.map(link => ({
      group: 'edges', classes: (made.links.length > 300 ? 'many ' : '') + (few && routes[link.id] ? '' : 'untagged'),
      data: {id: link.id, source: link.from, target: link.to, label: link.label, kind: link.kind, links: link.links, ...bent(routes[link.id], places[link.from], places[link.to])},
    }));
    const tags = made.links.filter(link => few && routes[link.id]).map(link => ({
      group: 'nodes', position: routes[link.id].label,
      data: {id: 't' + link.id, of: link.id, label: link.label, kind: 'tag', tint: link.kind, links: link.links, width: labelWidth(link.label), height: 15},
    }));
    cy.batch(() => { cy.elements().remove(); cy.add([...parents, ...nodes, ...edges, ...tags]); });
    cy.resize();
    cy.fit(undefined, 24);
    if (cy.zoom() > 1.25) { cy.zoom(1.25); cy.center(); }
    mark();
  }

  // Boxes of a namespace are so wide that the title of its frame fits.
  function roomForTitles(boxes) {
    for (const box of boxes) if (box.namespace !== null) box.width = Math.max(box.width, titleWidth(box.namespace) - 36);
  }

  function titleWidth(space) { return [...short(space)].length * 7.4 + 20; }

  // A route as the picture wants it: ends beside the middles of their boxes, corners beside the straight line.
  function bent(route, from, to) {
    if (!route) return {};
    const [start, end] = [route.points[0], route.points[route.points.length - 1]];
    const [dx, dy] = [end.x - start.x, end.y - start.y];
    const length = Math.hypot(dx, dy) || 1;
    const corners = route.points.slice(1, -1).map(point => [point.x - start.x, point.y - start.y]);
    return {
      leaves: (start.x - from.x) + 'px ' + (start.y - from.y) + 'px',
      comes: (end.x - to.x) + 'px ' + (end.y - to.y) + 'px',
      weights: corners.map(([x, y]) => (x * dx + y * dy) / (length * length)).join(' '),
      distances: corners.map(([x, y]) => (y * dx - x * dy) / length).join(' '),
    };
  }

  // Marks what is picked or found.
  function mark() {
    const text = find('search').value.trim().toLowerCase();
    cy.batch(() => {
      cy.elements().removeClass('faint picked near found');
      if (text !== '') {
        const found = new Set(foundBoxes(text).map(boxId));
        cy.nodes().filter(node => found.has(node.id()) && node.data('kind') !== 'tag').addClass('found');
      }
      if (picked === null) return;
      const shown = typeof picked === 'number' ? nearBox(picked) : nearLinks(picked);
      if (shown.empty()) return;
      const ends = shown.union(shown.connectedNodes());
      const tags = cy.nodes('[kind = "tag"]').filter(tag => shown.contains(cy.getElementById(tag.data('of'))));
      const spaces = new Set(ends.map(end => end.data('namespace')));
      const frames = cy.nodes('[kind = "frame"]').filter(frame => spaces.has(frame.data('space')));
      cy.elements().not(ends).not(frames).not(tags).addClass('faint');
    });
  }

  // The links at a box or at the groups it is in, as the direction says.
  function linksAt(at) {
    const direction = find('direction').value;
    const wanted = wantedPort();
    const ends = [at, ...groupsOf[at]];
    const keep = list => list.filter(link => hasPort(links[link], wanted));
    return {
      to: direction === 'ingress' ? [] : keep(ends.flatMap(end => outOf[end])),
      from: direction === 'egress' ? [] : keep(ends.flatMap(end => into[end])),
    };
  }

  function nearBox(at) {
    const near = linksAt(at);
    const set = new Set([...near.to, ...near.from].map(link => links[link]));
    const node = cy.getElementById(boxId(at)).addClass('picked');
    const edges = cy.edges().filter(edge => edge.data('links').some(link => set.has(link))).addClass('near');
    return node.union(edges);
  }

  function nearLinks(list) {
    const set = new Set(list);
    return cy.edges().filter(edge => edge.data('links').some(link => set.has(link))).addClass('picked');
  }

  function reveal(at) {
    const space = boxes[at].namespace;
    if (space !== null && collapsed.has(space)) { collapsed.delete(space); draw(); }
    const node = cy.getElementById('b' + at);
    if (node.nonempty() && cy.zoom() < 0.55) { cy.zoom(0.9); }
    if (node.nonempty()) cy.center(node);
  }

  // ---- the panel

  function pickBox(at, shouldReveal) {
    picked = at;
    if (shouldReveal) reveal(at);
    mark();
    const box = boxes[at];
    panel.replaceChildren();
    panel.scrollTop = 0;
    back(panel, home);
    panel.append(element('h2', fullName(at)));
    if (box.detail) panel.append(element('p', box.detail, 'soft'));
    if (!data.isOfChanges) marks(panel, box);
    const near = linksAt(at);
    const entry = end => link => row(boxes[links[link][end]].kind === 'group' ? groupName(links[link][end]) : fullName(links[link][end]),
      portsOf(links[link]), () => pickLinks([links[link]]), links[link].allowed === '');
    const without = box.kind !== 'addresses' && box.kind !== 'group' && data.hidesOpen;
    list(panel, data.isOfChanges ? 'Towards' : 'Reaches', near.to, entry('to'));
    if (without && box.egressOpen && find('direction').value !== 'ingress') open('Also reaches, on every port, all that is not isolated for ingress', 'ingressOpen', at);
    list(panel, data.isOfChanges ? 'From' : 'Reached by', near.from, entry('from'));
    if (without && box.ingressOpen && find('direction').value !== 'egress') open('Also reached, on every port, by all that is not isolated for egress', 'egressOpen', at);
    if (near.to.length + near.from.length === 0 && !(without && (box.egressOpen || box.ingressOpen))) {
      panel.append(element('p', data.isOfChanges ? 'Nothing changed here.' : 'Nothing reaches it, and it reaches nothing.', 'note'));
    }
    if (box.kind === 'group') list(panel, 'Its ' + count(box.members.length, 'workload'), box.members, member => row(fullName(member), '', () => pickBox(member, true)));
  }

  function open(heading, field, self) {
    const others = boxes.map((_, at) => at).filter(at => at !== self && boxes[at].kind !== 'group' && boxes[at][field]);
    list(panel, heading + ' (' + others.length + ')', others, at => row(fullName(at), 'every port', () => pickBox(at, true)));
  }

  function groupName(at) {
    const box = boxes[at];
    return (box.namespace === null ? '' : box.namespace + ': ') + box.name + ' (' + box.members.length + ')';
  }

  function pickLinks(list) {
    picked = list;
    mark();
    panel.replaceChildren();
    panel.scrollTop = 0;
    back(panel, home);
    const name = at => boxes[at].kind === 'group' ? groupName(at) : fullName(at);
    if (list.length > 1) {
      panel.append(element('h2', count(list.length, 'connection')));
      many(list, name);
      return;
    }
    const [link] = list;
    panel.append(element('h2', name(link.from) + ' → ' + name(link.to)));
    if (link.change) panel.append(element('p', meaning[link.change], 'change'));
    if (link.allowed) panel.append(element('p', (link.change === 'removed' ? 'was allowed: ' : 'allowed: ') + link.allowedFull));
    if (link.unknown) panel.append(element('p', (link.change === 'removed' ? 'was unknown: ' : 'unknown: ') + link.unknownFull, 'unsure'));
    if (link.count > 1) panel.append(element('p', 'stands for ' + count(link.count, 'connection') + ' between workloads', 'soft'));
    if (!link.isolated) panel.append(element('p', 'No policy isolates either end in this direction.', 'note'));
    rules(panel, data.rules, link.rules, data.isOfChanges ? 'What changed it' : undefined);
    if (link.moreRules > 0) panel.append(element('p', 'and ' + count(link.moreRules, 'rule') + ' more', 'note'));
    list2([link.from, link.to], name);
  }

  function many(links, name) {
    list(panel, 'Between them', links, link => row(name(link.from) + ' → ' + name(link.to), portsOf(link), () => pickLinks([link]), link.allowed === ''));
  }

  function list2(ends, name) {
    list(panel, 'Endpoints', ends, at => row(name(at), '', () => pickBox(at, true)));
  }

  function pickSpace(space) {
    if (collapsed.has(space)) collapsed.delete(space); else collapsed.add(space);
    picked = null;
    draw();
    panel.replaceChildren();
    back(panel, home);
    panel.append(element('h2', space));
    const hidden = collapsed.has(space);
    panel.append(element('p', hidden ? 'collapsed; click it again to see its workloads' : 'click its frame to collapse it', 'soft'));
    list(panel, 'Workloads', membersOf.get(space), at => row(boxes[at].name, '', () => pickBox(at, true)));
  }

  function foundBoxes(text) {
    return boxes.map((_, at) => at).filter(at => boxes[at].kind !== 'group' && fullName(at).toLowerCase().includes(text));
  }

  function home() {
    picked = null;
    mark();
    panel.replaceChildren();
    const text = find('search').value.trim().toLowerCase();
    const space = find('namespace').value;
    const ends = foundBoxes(text).filter(at => space === '' || boxes[at].namespace === space);
    panel.append(element('p', count(boxes.filter(box => box.kind !== 'group').length, 'endpoint') + ', ' + count(links.length, 'connection') + (spaces.length ? ', ' + count(spaces.length, 'namespace') : '')));
    for (const note of data.notes) panel.append(element('p', note, 'note'));
    list(panel, text === '' ? 'Endpoints' : 'Found: ' + ends.length, ends, at => row(fullName(at), boxes[at].exposed ? 'reached from the internet' : '', () => pickBox(at, true)));
  }

  // ---- what people do

  const meaning = {
    added: 'added: nothing was allowed before', wider: 'wider: more may flow than before', removed: 'removed: nothing is allowed any more',
    narrower: 'narrower: less may flow than before', changed: 'changed: some more and some less may flow than before',
  };

  // A page of changes has its own title and legend.
  function ofChanges() {
    document.title = 'netpol: what changed';
    document.querySelector('h1').textContent = 'What changed in who can reach whom';
    const kinds = Object.keys(meaning).filter(kind => links.some(link => link.change === kind));
    find('legend').replaceChildren(...kinds.map(kind => element('span', kind, 'key ' + kind)));
  }

  function start() {
    if (data.isOfChanges) ofChanges();
    for (const space of spaces) {
      const option = element('option', space);
      option.value = space;
      find('namespace').append(option);
    }
    cy = cytoscape({container: find('graph'), elements: [], style: style(), layout: {name: 'preset'}, minZoom: 0.03, maxZoom: 4, boxSelectionEnabled: false, autoungrabify: true, pixelRatio: 'auto', hideEdgesOnViewport: links.length > 1500});
    cy.on('tap', 'node', event => {
      const node = event.target;
      const space = node.data('space');
      if (node.data('kind') === 'tag') { pickLinks(node.data('links')); return; }
      if (space !== undefined) pickSpace(space); else pickBox(node.data('at'), false);
    });
    cy.on('tap', 'edge', event => pickLinks(event.target.data('links')));
    cy.on('tap', event => { if (event.target === cy) home(); });
    find('filters').addEventListener('submit', event => event.preventDefault());
    find('search').addEventListener('input', home);
    for (const id of ['namespace', 'direction']) find(id).addEventListener('change', again);
    find('port').addEventListener('input', again);
    find('collapse').addEventListener('click', () => { spaces.forEach(space => collapsed.add(space)); again(); });
    find('expand').addEventListener('click', () => { collapsed.clear(); again(); });
    find('fit').addEventListener('click', () => cy.fit(undefined, 24));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => cy.style(style()));
    addEventListener('resize', () => {
      if (isUpright() !== upright) { draw(); return; }
      cy.resize();
      cy.fit(undefined, 24);
    });
    draw();
    home();
  }

  function again() {
    const kept = typeof picked === 'number' ? picked : null;
    if (kept === null) picked = null;
    const space = find('namespace').value;
    if (space !== '') collapsed.delete(space);
    draw();
    if (kept === null) home(); else pickBox(kept, false);
  }

  start();
  // For tests, and for those who like consoles.
  globalThis.netpol = {cy, pickBox, boxes, links};
})();
