"""The whole house under test: architecture, journeys, the fixed cast."""
