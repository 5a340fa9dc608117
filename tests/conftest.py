from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.postgres", "tests.fixtures.services"]

# How fast a machine makes examples says nothing of what they show.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
