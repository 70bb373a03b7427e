// In this order: row types are read from the schema that the migrations make. `--check` reaches each of them.
for (const name of ['migrations', 'schema', 'rows', 'errors', 'rooms']) await import(`./gen-${name}.mjs`);
