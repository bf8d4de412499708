'use strict';
// Where boxes stand. Those with links are placed by dagre, namespaces as clusters; the others stand in rows, as one
// block of their namespace. More links than dagre places quickly, and everything stands in rows.

const LAYERED_BOXES = 120;
const LAYERED_LINKS = 220;
const GAP = 16;
const FRAME = 18;
const TITLE = 20;

// boxes: [{id, namespace, width, height}], links: [{from, to, label}] by id. Gives {id: {x, y}}, the middle of each.
function placeBoxes(boxes, links, across) {
  const linked = new Set();
  for (const link of links) { linked.add(link.from); linked.add(link.to); }
  const layered = linked.size > 0 && linked.size <= LAYERED_BOXES && links.length <= LAYERED_LINKS;
  const bunches = new Map();
  for (const box of boxes) {
    const key = box.namespace === null ? 'box ' + box.id : 'namespace ' + box.namespace;
    if (!bunches.has(key)) bunches.set(key, {named: box.namespace !== null, linked: [], alone: []});
    bunches.get(key)[layered && linked.has(box.id) ? 'linked' : 'alone'].push(box);
  }
  const tied = [...bunches.values()].filter(bunch => bunch.linked.length > 0);
  const loose = [...bunches.values()].filter(bunch => bunch.linked.length === 0);
  const places = {};
  const size = placeTied(tied, links, places);
  placeLoose(loose, size, Math.max(size.width, across), places);
  return places;
}

function placeTied(tied, links, places) {
  if (tied.length === 0) return {width: 0, height: 0};
  const graph = new dagre.graphlib.Graph({directed: true, multigraph: true, compound: true});
  graph.setGraph({rankdir: 'LR', nodesep: 26, edgesep: 26, ranksep: 60});
  graph.setDefaultEdgeLabel(() => ({}));
  const blocks = new Map();
  tied.forEach((bunch, at) => {
    const cluster = 'c' + at;
    if (bunch.named) graph.setNode(cluster, {});
    const add = (id, width, height) => {
      graph.setNode(id, {width, height});
      if (bunch.named) graph.setParent(id, cluster);
    };
    for (const box of bunch.linked) add(box.id, box.width, box.height);
    if (bunch.alone.length > 0) {
      const block = inRows(bunch.alone);
      blocks.set('a' + at, block);
      add('a' + at, block.width, block.height);
    }
  });
  const long = links.length <= 40;
  links.forEach((link, at) => graph.setEdge(link.from, link.to,
    {width: long ? Math.min(link.label.length * 5, 110) : 0, height: 12, labelpos: 'c'}, 'l' + at));
  dagre.layout(graph);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const id of graph.nodes()) {
    const node = graph.node(id);
    if (!node || node.x === undefined) continue;
    left = Math.min(left, node.x - node.width / 2);
    top = Math.min(top, node.y - node.height / 2);
    right = Math.max(right, node.x + node.width / 2);
    bottom = Math.max(bottom, node.y + node.height / 2);
  }
  for (const id of graph.nodes()) {
    const node = graph.node(id);
    const block = blocks.get(id);
    if (block) {
      const [x, y] = [node.x - block.width / 2 - left, node.y - block.height / 2 - top];
      for (const cell of block.cells) places[cell.id] = {x: x + cell.x, y: y + cell.y};
    } else if (!graph.children(id).length) {
      places[id] = {x: node.x - left, y: node.y - top};
    }
  }
  return {width: right - left, height: bottom - top};
}

function placeLoose(loose, size, across, places) {
  let [x, y, row] = [0, size.height > 0 ? size.height + 3 * GAP : 0, 0];
  for (const bunch of loose) {
    const block = inRows(bunch.alone);
    const [pad, title] = bunch.named ? [FRAME, TITLE] : [0, 0];
    const [width, height] = [block.width + 2 * pad, block.height + 2 * pad + title];
    if (x > 0 && x + width > across) { x = 0; y += row + 2 * GAP; row = 0; }
    for (const cell of block.cells) places[cell.id] = {x: x + pad + cell.x, y: y + pad + title + cell.y};
    x += width + 2 * GAP;
    row = Math.max(row, height);
  }
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
