(move, apply, stores) => {
  const { entries } = Object;
  const { parse, stringify } = JSON;

  /** What the stores hold, as texts by their storage keys. */
  function heldIn(given) {
    const held = new Map();
    for (const { name, before, after, many } of stores) {
      const document = given[name] ?? null;
      if (document === null) continue;
      if (!many) held.set(before, stringify(document));
      else for (const [id, entry] of entries(document)) held.set(before + id + after, stringify(entry));
    }
    return held;
  }

  /** A storage that notes what is done to it; the write of that number throws, as it does where a quota is full. */
  function storageOf(held, steps, failing) {
    let writes = 0;
    return {
      async read(key) {
        const name = String(key);
        steps.push(["read", name]);
        return held.has(name) ? parse(held.get(name)) : null;
      },
      async write(key, value) {
        writes += 1;
        if (writes === failing) throw Object.assign(new Error("the quota is exceeded"), { name: "QuotaExceededError" });
        const text = stringify(value);
        if (text === undefined) return;
        held.set(String(key), text);
        steps.push(["write", String(key), text]);
      },
      async remove(key) {
        held.delete(String(key));
        steps.push(["remove", String(key)]);
      },
    };
  }

  return async ({ $failing, ...given }) => {
    const held = heldIn(given);
    const plan = (await move(given)) ?? {};
    const steps = [];
    let threw = "";
    try {
      await apply(plan, storageOf(held, steps, $failing));
    } catch (error) {
      threw = error instanceof Error ? error.name : "something";
    }
    return stringify({ plan, steps, threw });
  };
}
