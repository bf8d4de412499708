'use strict';
// Where boxes stand. Those with links are placed by dagre, namespaces as clusters; the others stand in rows, as one
// block of their namespace. More links than dagre places quickly, and everything stands in rows.

const LAYERED_BOXES = 120;
const LAYERED_LINKS = 220;
const GAP = 16;
const FRAME = 14;
const TITLE = 16;

const LEAD = 13;
const LANE = 8;
const SIDE = 0.76;
const END = 9;

// boxes: [{id, namespace, width, height}], links: [{id, from, to, label}]. Gives places {id: {x, y}}, the middle of
// each box, and routes {id: {points, label}}, the corners of links, which run past boxes. `down` turns all by 90°.
function placeBoxes(boxes, links, across, down) {
  const linked = new Set();
  for (const link of links) { linked.add(link.from); linked.add(link.to); }
  const layered = linked.size > 0 && linked.size <= LAYERED_BOXES && links.length <= LAYERED_LINKS;
  const bunches = new Map();
  for (const box of boxes) {
    const key = box.namespace === null ? 'box ' + box.id : 'namespace ' + box.namespace;
    if (!bunches.has(key)) bunches.set(key, {namespace: box.namespace, named: box.namespace !== null, linked: [], alone: []});
    bunches.get(key)[layered && linked.has(box.id) ? 'linked' : 'alone'].push(box);
  }
  const tied = [...bunches.values()].filter(bunch => bunch.linked.length > 0);
  const loose = [...bunches.values()].filter(bunch => bunch.linked.length === 0);
  const placed = {places: {}, routes: {}, frames: new Map()};
  const size = placeTied(tied, links, placed, down);
  placeLoose(loose, size, Math.max(size.width, across), placed);
  return placed;
}

function placeTied(tied, links, placed, down) {
  if (tied.length === 0) return {width: 0, height: 0};
  const graph = new dagre.graphlib.Graph({directed: true, multigraph: true, compound: true});
  const turn = at => down ? {x: at.y, y: at.x} : {x: at.x, y: at.y};
  const sized = (width, height) => down ? {width: height, height: width} : {width, height};
  const dense = links.length > 40;
  const titled = tied.some(bunch => bunch.named);
  graph.setGraph({rankdir: 'LR', nodesep: 26, edgesep: titled ? 34 : dense ? 14 : 24, ranksep: 56});
  graph.setDefaultEdgeLabel(() => ({}));
  const blocks = new Map();
  tied.forEach((bunch, at) => {
    const cluster = 'c' + at;
    if (bunch.named) graph.setNode(cluster, {});
    const add = (id, width, height) => {
      graph.setNode(id, sized(width, height));
      if (bunch.named) graph.setParent(id, cluster);
    };
    for (const box of bunch.linked) {
      // A side has room for the tips of its links.
      const side = END * links.filter(link => link.from === box.id || link.to === box.id).length;
      if (down) box.width = Math.max(box.width, side); else box.height = Math.max(box.height, side);
      add(box.id, box.width, box.height);
    }
    if (bunch.alone.length > 0) {
      const block = inRows(bunch.alone);
      blocks.set('a' + at, block);
      add('a' + at, block.width, block.height);
    }
  });
  for (const link of links) {
    graph.setEdge(link.from, link.to, {...(dense ? sized(8, 8) : sized(labelWidth(link.label), 16)), labelpos: 'c'}, link.id);
  }
  dagre.layout(graph);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (x, y, width, height) => {
    left = Math.min(left, x - width / 2);
    top = Math.min(top, y - height / 2);
    right = Math.max(right, x + width / 2);
    bottom = Math.max(bottom, y + height / 2);
  };
  const nodes = graph.nodes().map(id => ({id, ...graph.node(id)})).filter(node => node.x !== undefined);
  const strands = routes(graph, nodes, links, placed, take);
  for (const node of nodes) take(node.x, node.y, node.width, node.height);
  const extents = tightened(graph, tied, blocks, strands);
  for (const node of nodes) {
    const block = blocks.get(node.id);
    const middle = turn({x: node.x - left, y: node.y - top});
    if (block) {
      for (const cell of block.cells) {
        placed.places[cell.id] = {x: middle.x - block.width / 2 + cell.x, y: middle.y - block.height / 2 + cell.y};
      }
    } else if (graph.children(node.id).length === 0) {
      placed.places[node.id] = middle;
    } else {
      const [from, to] = extents.get(node.id);
      const frame = turn({x: node.x - left, y: (from + to) / 2 - top});
      placed.frames.set(tied[Number(node.id.slice(1))].namespace, {...frame, ...sized(node.width, to - from)});
    }
  }
  for (const route of Object.values(placed.routes)) {
    route.points = route.points.map(point => turn({x: point.x - left, y: point.y - top}));
    route.label = turn({x: route.label.x - left, y: route.label.y - top});
  }
  return sized(right - left, bottom - top);
}

function labelWidth(label) { return [...label].length * 5.8 + 8; }

// Lines that run level past the boxes of a column and turn only between columns, as in the images.
function routes(graph, nodes, links, placed, take) {
  const columns = [];
  const widen = (x, width) => {
    const column = columns.find(other => Math.abs(other.middle - x) < 0.5);
    if (column) column.half = Math.max(column.half, width / 2); else columns.push({middle: x, half: width / 2});
  };
  for (const node of nodes) if (graph.children(node.id).length === 0) widen(node.x, node.width);
  const strands = links.filter(link => link.from !== link.to).map(link => {
    const edge = graph.edge(link.from, link.to, link.id);
    widen(edge.x, edge.width);
    const [from, to] = [graph.node(link.from), graph.node(link.to)];
    return {id: link.id, ends: [link.from, link.to], from, to, between: edge.points.slice(1, -1), label: {x: edge.x, y: edge.y}, sign: from.x <= to.x ? 1 : -1};
  });
  const sides = new Map();
  const lean = (key, y, strand, end) => {
    if (!sides.has(key)) sides.set(key, []);
    sides.get(key).push({y, strand, end});
  };
  for (const strand of strands) {
    const [next, last] = [strand.between[0] || strand.to, strand.between[strand.between.length - 1] || strand.from];
    lean(strand.ends[0] + ' ' + strand.sign, next.y, strand, 'start');
    lean(strand.ends[1] + ' ' + -strand.sign, last.y, strand, 'finish');
  }
  for (const side of sides.values()) {
    side.sort((a, b) => a.y - b.y);
    side.forEach((entry, order) => {
      const box = entry.end === 'start' ? entry.strand.from : entry.strand.to;
      entry.strand[entry.end] = box.y - box.height / 2 + box.height * ((1 - SIDE) / 2 + SIDE * (order + 0.5) / side.length);
    });
  }
  const now = lanes(columns, strands);
  const move = node => {
    const [left, right] = [now(node.x - node.width / 2), now(node.x + node.width / 2)];
    node.x = (left + right) / 2;
    node.width = right - left;
  };
  for (const strand of strands) {
    const {from, to, sign, start, finish} = strand;
    const points = [{x: now(from.x + sign * from.width / 2), y: start}];
    for (const {x, leaves, comes} of strand.bends) points.push({x, y: leaves}, {x, y: comes});
    points.push({x: now(to.x - sign * to.width / 2), y: finish});
    strand.label.x = now(strand.label.x);
    placed.routes[strand.id] = {points, label: strand.label};
    for (const point of points) take(point.x, point.y, 0, 0);
  }
  for (const node of nodes) { move(node); move(graph.node(node.id)); }
  return strands;
}

// In the gap between two columns each line goes up or down in a lane of its own. Columns move apart where that needs
// room; gives where what stood at x stands now.
function lanes(columns, strands) {
  columns.sort((a, b) => a.middle - b.middle);
  const at = x => columns.findIndex(column => Math.abs(column.middle - x) < 0.5);
  const gaps = columns.map(() => []);
  for (const strand of strands) {
    const between = strand.between.map(({x, y}) => [at(x), y]).filter(([column]) => column >= 0);
    const passes = [[at(strand.from.x), strand.start], ...between, [at(strand.to.x), strand.finish]];
    strand.bends = [];
    passes.slice(1).forEach(([to, comes], hop) => {
      const [from, leaves] = passes[hop];
      if (from === to || Math.abs(leaves - comes) < 0.05) return;
      const [gap, left, right] = from < to ? [from, leaves, comes] : [from - 1, comes, leaves];
      const bend = {gap, left, right, leaves, comes, up: right < left};
      gaps[gap].push(bend);
      strand.bends.push(bend);
    });
  }
  const counts = gaps.map(numbered);
  let by = 0;
  columns.forEach((column, number) => {
    column.moved = by;
    const next = columns[number + 1];
    if (!next) return;
    const room = next.middle - next.half - column.middle - column.half;
    by += Math.max(0, counts[number] === 0 ? -room : 2 * LEAD + LANE * (counts[number] - 1) - room);
  });
  gaps.forEach((bends, number) => {
    const [column, next] = [columns[number], columns[number + 1]];
    if (!next) return;
    const middle = (column.middle + column.half + column.moved + next.middle - next.half + next.moved) / 2;
    for (const bend of bends) bend.x = middle + LANE * (bend.lane - (counts[number] - 1) / 2);
  });
  return x => {
    let before = null;
    for (const {middle, half, moved} of columns) {
      if (x < middle - half) {
        if (before === null) return x + moved;
        const part = Math.min(1, Math.max(0, (x - before.right) / (middle - half - before.right || 1)));
        return x + before.moved + (moved - before.moved) * part;
      }
      if (x <= middle + half) return x + moved;
      before = {right: middle + half, moved};
    }
    return x + (before === null ? 0 : before.moved);
  };
}

// Numbers the lanes of a gap: lines that go down take theirs from the lowest on, lines that go up from the highest on,
// so that they cross as little as they can; those that do not meet share one. Gives how many lanes there are.
function numbered(bends) {
  bends.sort((a, b) => a.up - b.up || (a.up ? a.left - b.left : b.left - a.left));
  let count = 0;
  bends.forEach((bend, order) => {
    const top = Math.min(bend.left, bend.right) - LANE;
    const bottom = Math.max(bend.left, bend.right) + LANE;
    bend.lane = 0;
    for (const other of bends.slice(0, order)) {
      const meets = Math.min(other.left, other.right) - LANE < bottom && top < Math.max(other.left, other.right) + LANE;
      if (meets) bend.lane = Math.max(bend.lane, other.lane + 1);
    }
    count = Math.max(count, bend.lane + 1);
  });
  return count;
}

// From where to where frames reach across: dagre may leave them wider than what is in them.
function tightened(graph, tied, blocks, strands) {
  const extents = new Map();
  tied.forEach((bunch, at) => {
    const cluster = bunch.named ? graph.node('c' + at) : null;
    if (!cluster) return;
    const ids = bunch.linked.map(box => box.id);
    const inner = new Set(ids);
    let [from, to] = [Infinity, -Infinity];
    const take = (y, height) => { from = Math.min(from, y - height / 2); to = Math.max(to, y + height / 2); };
    for (const id of blocks.has('a' + at) ? [...ids, 'a' + at] : ids) take(graph.node(id).y, graph.node(id).height);
    for (const strand of strands) {
      if (strand.ends.every(id => inner.has(id))) strand.between.forEach(point => take(point.y, 16));
      else if (strand.ends.some(id => inner.has(id)) && isWithin(cluster, strand.label)) take(strand.label.y, 16);
    }
    extents.set('c' + at, [Math.max(from - 30, cluster.y - cluster.height / 2), Math.min(to + 24, cluster.y + cluster.height / 2)]);
  });
  return extents;
}

function placeLoose(loose, size, across, {places, frames}) {
  let [x, y, row] = [0, size.height > 0 ? size.height + 3 * GAP : 0, 0];
  for (const bunch of loose) {
    const block = inRows(bunch.alone);
    const [pad, title] = bunch.named ? [FRAME, TITLE] : [0, 0];
    const [width, height] = [block.width + 2 * pad, block.height + 2 * pad + title];
    if (x > 0 && x + width > across) { x = 0; y += row + 2 * GAP; row = 0; }
    for (const cell of block.cells) places[cell.id] = {x: x + pad + cell.x, y: y + pad + title + cell.y};
    if (bunch.named) frames.set(bunch.namespace, {x: x + width / 2, y: y + height / 2, width, height});
    x += width + 2 * GAP;
    row = Math.max(row, height);
  }
}

function isWithin(box, point) {
  return Math.abs(point.x - box.x) < box.width / 2 && Math.abs(point.y - box.y) < box.height / 2;
}

// Boxes in rows and columns, about twice as wide as high.
function inRows(boxes) {
  const width = Math.max(...boxes.map(box => box.width));
  const height = Math.max(...boxes.map(box => box.height));
  let columns = 1;
  while (columns < boxes.length && columns * (width + GAP) < 2 * Math.ceil(boxes.length / columns) * (height + GAP)) columns += 1;
  const cells = boxes.map((box, at) => ({
    id: box.id,
    x: (at % columns) * (width + GAP) + width / 2,
    y: Math.floor(at / columns) * (height + GAP) + height / 2,
  }));
  const rows = Math.ceil(boxes.length / columns);
  return {cells, width: columns * (width + GAP) - GAP, height: rows * (height + GAP) - GAP};
}
