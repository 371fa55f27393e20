// The panel: what the site's store says of each image, by the facts that the contracts prove, with the source that serves.
// It shows the facts, keeps nothing, and stands outside <body>, whose changes are watched.

const PANEL_FACTS = ['unmoderatedCount', 'moderatedCount'];

function panelLines(image) {
  const { facts, stores } = globalThis.driftwright;
  const params = { parent: image.id };
  const held = { site: stores.site(), session: stores.session(params), sessions: stores.sessions() };
  return PANEL_FACTS.map((name) => {
    const { value, source, level } = facts[name](held, params);
    return { image: image.id, name, value, source, level };
  });
}

function panelRow({ image, name, value, source, level }) {
  const row = document.createElement('li');
  Object.assign(row.dataset, { image, fact: name, source, level });
  row.textContent = `${name}: ${value} (${source}, ${level})`;
  return row;
}

/** Shows the panel anew. */
function showPanel() {
  const held = document.querySelector('[data-panel]') ?? document.createElement('ul');
  held.dataset.panel = 'facts';
  held.replaceChildren(...imagesOnPage().flatMap(panelLines).map(panelRow));
  document.documentElement.append(held);
}

/** Shows a button that ends the sessions. */
function showEndButton(end) {
  const button = document.createElement('button');
  button.id = 'end-sessions';
  button.textContent = 'End the sessions';
  button.addEventListener('click', end);
  document.documentElement.append(button);
}

document.addEventListener('DOMContentLoaded', () => {
  showPanel();
  watchPage(showPanel);
});
