async (plan, storage) => {
  // The usual order: all is written, all of it read back, and only then is anything removed.
  const textOf = (value) => {
    if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const names = Object.keys(value).filter((name) => value[name] !== undefined).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(value[name])}`).join()}}`;
  };
  const write = Object.entries(plan.write ?? {});
  for (const [key, value] of write) await storage.write(key, value);
  for (const [key, value] of write) {
    if (textOf(await storage.read(key)) !== textOf(value)) throw new Error("what was written is not there");
  }
  for (const key of plan.remove ?? []) await storage.remove(key);
}
