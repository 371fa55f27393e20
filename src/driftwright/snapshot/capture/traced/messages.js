// Hands over what an extension sends from one of its parts to another: a copy, and who reads that is not listened to.
(chrome, given) => {
  "use strict";

  const { apply } = Reflect;
  const { plain, hear } = given;
  let times = 0; // messages that held a store, or a part of one

  function sent(value) {
    const copy = plain(value);
    if (copy !== value) times += 1;
    return copy;
  }

  /** Let a method take what it is given as it goes to others, and `after` see what it returns. */
  function sends(holder, name, after = (result) => result) {
    const original = holder?.[name];
    if (typeof original !== "function") return;
    holder[name] = {
      [name](...values) {
        return after(apply(original, this, values.map(sent)));
      },
    }[name];
  }

  function port(opened) {
    sends(opened, "postMessage");
    return opened;
  }

  const { runtime, tabs } = chrome ?? {};
  for (const holder of [runtime, tabs]) {
    sends(holder, "sendMessage");
    sends(holder, "connect", port);
  }
  hear(runtime?.onConnect, (listener) => (opened) => listener(port(opened)));
  hear(runtime?.onMessage, (listener) => (message, sender, respond) => {
    const answer = listener(message, sender, (value) => respond(sent(value)));
    return answer instanceof Promise ? answer.then(sent) : answer;
  });
  return () => times;
}
