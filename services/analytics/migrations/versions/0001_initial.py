"""The tables as they were at first."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.shared.migrations import execute, isolate

revision: str = "0001"
down_revision: str | None = None

# Every table with an organisation is bound to it; named are the commands that a transaction of EVERYONE may use on it.
ISOLATED: dict[str, tuple[str, ...]] = {
    "api_keys": (),
    "idempotency_keys": ("ALL",),
    "outbox": ("SELECT",),
    "parked_events": (),
    "answer_counts": (),
    "answer_totals": (),
    "comments": (),
    "decisions": (),
    "organisations": (),
    "pieces": (),
    "pooled_sums": (),
    "release_log": (),
    "release_requests": ("SELECT",),
    "releases": (),
    "response_rates": (),
    "scores": (),
    "services": (),
    "survey_versions": (),
    "takings": (),
    "tallies": (),
    "units": (),
    "wave_units": (),
    "wave_users": (),
    "waves": (),
}


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("last_used_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_api_keys")),
    )
    op.create_index("ix_api_keys_hash", "api_keys", ["organisation_id", "hash"], unique=True)
    op.create_table(
        "cursors",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_cursors")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "outbox",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text::bigint)"),
            nullable=False,
        ),
        sa.Column("partition", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("time", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "position", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_order", "outbox", ["transaction_id", "position"], unique=False)
    op.create_table(
        "parked_events",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "source", "id", name=op.f("pk_parked_events")),
    )
    op.create_table(
        "answer_counts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "wave_id", "service_id", "group_id", "question", "value", name=op.f("pk_answer_counts")
        ),
    )
    op.create_table(
        "answer_totals",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "wave_id", "service_id", "group_id", "question", name=op.f("pk_answer_totals")
        ),
    )
    op.create_table(
        "comments",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_comments")),
    )
    op.create_table(
        "decisions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("consumer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "release_id", "position", name=op.f("pk_decisions")),
    )
    op.create_table(
        "organisations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minimum_group", sa.Integer(), nullable=False),
        sa.Column("comment_minimum_group", sa.Integer(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hourly_cost", sa.Numeric(), nullable=True),
        sa.Column("hourly_cost_currency", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "pieces",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", "event_id", name=op.f("pk_pieces")),
    )
    op.create_table(
        "pooled_sums",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("squares", sa.Integer(), nullable=False),
        sa.Column("cross", sa.Double(), nullable=False),
        sa.Column("total_squares", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", "provider_id", "question", name=op.f("pk_pooled_sums")),
    )
    op.create_table(
        "release_log",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", "release_id", name=op.f("pk_release_log")),
    )
    op.create_table(
        "release_requests",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", name=op.f("pk_release_requests")),
    )
    op.create_table(
        "releases",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("survey_key", sa.String(), nullable=False),
        sa.Column("survey_version", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("provider_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("unit_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("minimum_group", sa.Integer(), nullable=False),
        sa.Column("comment_minimum_group", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_releases")),
    )
    op.create_index("ix_releases_wave", "releases", ["organisation_id", "wave_id"], unique=False)
    op.create_table(
        "response_rates",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("rate", sa.Float(), nullable=True),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_response_rates")),
    )
    op.create_index("ix_response_rates_wave", "response_rates", ["organisation_id", "wave_id", "id"], unique=False)
    op.create_table(
        "scores",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("consumer_id", sa.Uuid(), nullable=True),
        sa.Column("topic_id", sa.String(), nullable=True),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("attribute", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("not_applicable", sa.Integer(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("response_rate", sa.Float(), nullable=True),
        sa.Column("mean", sa.Float(), nullable=True),
        sa.Column("standard_deviation", sa.Float(), nullable=True),
        sa.Column("ci95_low", sa.Float(), nullable=True),
        sa.Column("ci95_high", sa.Float(), nullable=True),
        sa.Column("top2_box", sa.Float(), nullable=True),
        sa.Column("bottom2_box", sa.Float(), nullable=True),
        sa.Column("nps", sa.Float(), nullable=True),
        sa.Column("distribution", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("services", postgresql.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_scores")),
    )
    op.create_index("ix_scores_consumer", "scores", ["organisation_id", "consumer_id", "id"], unique=False)
    op.create_index("ix_scores_provider", "scores", ["organisation_id", "provider_id", "id"], unique=False)
    op.create_index("ix_scores_service", "scores", ["organisation_id", "service_id", "id"], unique=False)
    op.create_index("ix_scores_wave", "scores", ["organisation_id", "wave_id", "question_id", "id"], unique=False)
    op.create_table(
        "services",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("yearly_cost", sa.Numeric(), nullable=True),
        sa.Column("yearly_cost_currency", sa.String(), nullable=True),
        sa.Column("commercial_price_per_user", sa.Numeric(), nullable=True),
        sa.Column("commercial_price_currency", sa.String(), nullable=True),
        sa.Column("commercial_source", sa.String(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_services")),
    )
    op.create_index("ix_services_external", "services", ["organisation_id", "external_id"], unique=False)
    op.create_table(
        "survey_versions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "survey_id", "number", name=op.f("pk_survey_versions")),
    )
    op.create_table(
        "takings",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("destroyed", sa.Integer(), nullable=False),
        sa.Column("participation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("services", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", name=op.f("pk_takings")),
    )
    op.create_table(
        "tallies",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "wave_id", "service_id", "attribute", "value", "question", name=op.f("pk_tallies")
        ),
    )
    op.create_table(
        "units",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("is_provider", sa.Boolean(), nullable=False),
        sa.Column("is_consumer", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_units")),
    )
    op.create_index("ix_units_external", "units", ["organisation_id", "external_id"], unique=False)
    op.create_index("ix_units_parent", "units", ["organisation_id", "parent_id"], unique=False)
    op.create_table(
        "wave_units",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", "unit_id", name=op.f("pk_wave_units")),
    )
    op.create_table(
        "wave_users",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "wave_id", "unit_id", "service_id", "provider_id", name=op.f("pk_wave_users")
        ),
    )
    op.create_table(
        "waves",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("survey_version", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("providers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minimum_group", sa.Integer(), nullable=False),
        sa.Column("comment_minimum_group", sa.Integer(), nullable=False),
        sa.Column("maximum_services", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_waves")),
    )
    for table, across in ISOLATED.items():
        execute(isolate(table, across=across))
    execute(
        [
            "GRANT USAGE ON SCHEMA public TO klankbord_analytics",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO klankbord_analytics",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO klankbord_analytics",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO klankbord_analytics",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO klankbord_analytics",
            "REVOKE UPDATE, DELETE, TRUNCATE ON release_log FROM klankbord_analytics",
            "REVOKE UPDATE, DELETE, TRUNCATE ON decisions FROM klankbord_analytics",
        ]
    )
