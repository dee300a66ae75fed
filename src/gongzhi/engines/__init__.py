"""Pure algorithms, importable without Django or a database: calendars, geometry, coordinates, counting."""
