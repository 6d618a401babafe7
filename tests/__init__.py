"""The tests, mirroring the floors: steps, journeys, processes, browser and house (the inspectors)."""
