// Starts the extension and counts each finished attempt once. The marks on <html> say when it is at rest:
// data-extension is "starting", then "ready"; data-extension-busy is there while writes are under way.

const mark = document.documentElement.dataset;
mark.extension = 'starting';

const met = new Map(); // the time at which each image was met: its session begins then
let counted;
let underWay = Promise.resolve();
let waiting = 0;

/** Runs `work` after all that was asked for before, so that no two writes of one record cross. */
function inTurn(work) {
  waiting += 1;
  mark.extensionBusy = 'yes';
  underWay = underWay.then(work).catch((error) => console.error('Stand-in retry:', error));
  underWay = underWay.then(() => {
    waiting -= 1;
    if (waiting > 0) return;
    showPanel();
    delete mark.extensionBusy;
  });
}

async function count(image, attempt) {
  laterLine.count(image, attempt);
  await mainLine.count(image, attempt);
  await rememberPrompt(image, attempt);
}

function look() {
  for (const image of imagesOnPage()) {
    if (!met.has(image.id)) {
      met.set(image.id, Date.now());
      inTurn(() => mainLine.open(image));
      inTurn(() => mainLine.meet(image));
    }
    for (const { id, moderated } of image.attempts) {
      if (counted.has(id)) continue;
      counted.add(id);
      const attempt = { id, moderated, at: Date.now(), since: met.get(image.id) };
      inTurn(() => count(image, attempt));
    }
  }
}

/** Ends every session: its counters go into a summary and begin from zero, whatever the site still lists. */
function endSessions() {
  const at = Date.now();
  for (const id of met.keys()) met.set(id, at);
  inTurn(() => {
    laterLine.end(at);
    imagesOnPage().forEach((image) => mainLine.end(image, at));
  });
}

document.addEventListener('DOMContentLoaded', () => {
  counted = new Set(laterLine.counted());
  inTurn(fillProfile);
  look();
  watchPage(look);
  showEndButton(endSessions);
  inTurn(() => {
    mark.extension = 'ready';
  });
});
