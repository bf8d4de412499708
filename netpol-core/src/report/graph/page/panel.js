'use strict';
// What the panel says. All text is set as text: no name can become markup.

const SHOWN = 200;

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function list(panel, heading, entries, make) {
  if (entries.length === 0) return;
  panel.append(element('h3', heading));
  const items = element('ul');
  const add = entry => { const item = element('li'); item.append(make(entry)); items.append(item); };
  entries.slice(0, SHOWN).forEach(add);
  panel.append(items);
  if (entries.length > SHOWN) {
    const more = element('button', 'show ' + (entries.length - SHOWN) + ' more', 'back');
    more.type = 'button';
    more.addEventListener('click', () => { entries.slice(SHOWN).forEach(add); more.remove(); });
    panel.append(more);
  }
}

function row(name, ports, onClick, isUnsure) {
  const button = element('button', undefined, 'row');
  button.type = 'button';
  button.append(element('span', name));
  if (ports) button.append(element('span', '  ' + ports, isUnsure ? 'ports unsure' : 'ports'));
  button.addEventListener('click', onClick);
  return button;
}

function marks(panel, box) {
  const holder = element('p');
  if (box.exposed) holder.append(element('span', 'reached from the internet', 'mark hot'));
  if (box.kind !== 'addresses' && box.kind !== 'group') {
    holder.append(element('span', box.ingressOpen ? 'ingress open to all' : 'ingress isolated', 'mark'));
    holder.append(element('span', box.egressOpen ? 'egress open to all' : 'egress isolated', 'mark'));
  }
  panel.append(holder);
}

function back(panel, onClick) {
  const button = element('button', '← all', 'back');
  button.type = 'button';
  button.addEventListener('click', onClick);
  panel.append(button);
}

function rules(panel, all, places, heading) {
  list(panel, heading || (places.length === 1 ? 'The rule' : 'The rules'), places, at => {
    const place = all[at];
    const text = element('div');
    text.append(element('div', place.object + ' ' + place.rule));
    text.append(element('div', place.file + ':' + place.line, 'place soft'));
    return text;
  });
}

function count(number, noun) {
  return number + ' ' + noun + (number === 1 ? '' : 's');
}
