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
    "ballots": (),
    "imports": (),
    "organisations": ("SELECT",),
    "surveys": (),
    "units": (),
    "employees": (),
    "import_errors": (),
    "import_jobs": ("SELECT",),
    "import_parts": (),
    "services": (),
    "survey_versions": (),
    "waves": ("SELECT",),
    "audience_units": (),
    "boxes": ("SELECT",),
    "invitations": (),
    "wave_populations": (),
    "wave_progress": (),
    "wave_units": (),
    "wave_users": (),
}

INTAKE = (
    """ALTER TABLE ballots ALTER COLUMN sealed SET STORAGE EXTERNAL""",
    """
CREATE FUNCTION read_invitations(organisation uuid, asked bigint[])
RETURNS TABLE (
    number bigint, burned boolean, wave_id uuid, unit_id uuid, service_ids uuid[], attributes jsonb,
    survey_id uuid, version integer, status text, over boolean, box_id uuid, public_key bytea
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('klankbord.organisation', organisation::text, true);
    RETURN QUERY
    SELECT i.number, i.burned, i.wave_id, i.unit_id, i.service_ids, coalesce(e.attributes, '{}'),
           w.survey_id, w.version, w.status::text, w.closes_at <= now(), b.id, b.public_key
    FROM unnest(asked) AS a (number)
    JOIN invitations i ON i.organisation_id = organisation AND i.number = a.number
    JOIN waves w ON w.organisation_id = organisation AND w.id = i.wave_id
    LEFT JOIN employees e ON e.organisation_id = organisation AND e.id = i.employee_id
    LEFT JOIN boxes b ON b.organisation_id = organisation AND b.id = w.box_id;
END $$
""",
    """
CREATE FUNCTION drop_ballots(organisation uuid, numbers bigint[], box_ids uuid[], ballots bytea[])
RETURNS TABLE (number bigint, outcome text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    there uuid[];
BEGIN
    PERFORM set_config('klankbord.organisation', organisation::text, true);
    there := ARRAY(
        SELECT b.id FROM boxes b WHERE b.organisation_id = organisation AND b.id = ANY (box_ids)
        ORDER BY b.id FOR SHARE
    );
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT g.number, g.box_id, g.sealed, g.place
        FROM unnest(numbers, box_ids, ballots) WITH ORDINALITY AS g (number, box_id, sealed, place)
    ), held AS MATERIALIZED (
        SELECT i.number FROM invitations i
        WHERE i.organisation_id = organisation AND i.number = ANY (numbers) AND NOT i.burned
        ORDER BY i.number FOR NO KEY UPDATE
    ), burning AS (
        UPDATE invitations i SET burned = true
        FROM (SELECT DISTINCT ON (g.number) g.number, g.place FROM given g JOIN held h ON h.number = g.number
              WHERE g.box_id = ANY (there) ORDER BY g.number, g.place) AS first
        WHERE i.organisation_id = organisation AND i.number = first.number
        RETURNING first.number, first.place
    ), dropping AS (
        INSERT INTO ballots (organisation_id, box_id, id, sealed)
        SELECT organisation, g.box_id, gen_random_uuid(), g.sealed
        FROM given g JOIN burning b ON b.place = g.place
    )
    SELECT g.number,
           CASE WHEN b.place IS NOT NULL THEN 'taken'
                WHEN g.box_id = ANY (there) THEN 'alreadyAnswered'
                ELSE 'boxGone' END
    FROM given g LEFT JOIN burning b ON b.place = g.place ORDER BY g.place;
END $$
""",
)


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
        "ballots",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("box_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "box_id", "id", name=op.f("pk_ballots")),
        postgresql_with={"toast_tuple_target": "8160"},
    )
    op.create_table(
        "imports",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("atomic", sa.Boolean(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("charset", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ignored_columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("failure_detail", sa.String(), nullable=True),
        sa.Column("approved_removals", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_imports")),
    )
    op.create_index(
        op.f("ix_imports_organisation_id_created_at"), "imports", ["organisation_id", "created_at"], unique=False
    )
    op.create_table(
        "organisations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("token_number", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("minimum_group", sa.Integer(), nullable=False),
        sa.Column("comment_minimum_group", sa.Integer(), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hourly_cost", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("hourly_cost_currency", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisations")),
    )
    op.create_index(op.f("ix_organisations_token_number"), "organisations", ["token_number"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("maker_unit_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("latest_version", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_surveys_organisation_id_key")),
    )
    op.create_index(
        op.f("ix_surveys_organisation_id_provider_id"), "surveys", ["organisation_id", "provider_id"], unique=False
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
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "parent_id"],
            ["units.organisation_id", "units.id"],
            name=op.f("fk_units_organisation_id_parent_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_units")),
        sa.UniqueConstraint("organisation_id", "external_id", name=op.f("uq_units_organisation_id_external_id")),
    )
    op.create_index(op.f("ix_units_organisation_id_parent_id"), "units", ["organisation_id", "parent_id"], unique=False)
    op.create_table(
        "employees",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "manager_id"],
            ["employees.organisation_id", "employees.id"],
            name=op.f("fk_employees_organisation_id_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["units.organisation_id", "units.id"],
            name=op.f("fk_employees_organisation_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_employees")),
        sa.UniqueConstraint("organisation_id", "external_id", name=op.f("uq_employees_organisation_id_external_id")),
    )
    op.create_index(
        op.f("ix_employees_organisation_id_manager_id"), "employees", ["organisation_id", "manager_id"], unique=False
    )
    op.create_index(
        op.f("ix_employees_organisation_id_unit_id"), "employees", ["organisation_id", "unit_id"], unique=False
    )
    op.create_index(
        "uq_employees_email",
        "employees",
        ["organisation_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "import_errors",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["imports.organisation_id", "imports.id"],
            name=op.f("fk_import_errors_organisation_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "import_id", "number", name=op.f("pk_import_errors")),
    )
    op.create_table(
        "import_jobs",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("claim", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["imports.organisation_id", "imports.id"],
            name=op.f("fk_import_jobs_organisation_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "import_id", name=op.f("pk_import_jobs")),
    )
    op.create_table(
        "import_parts",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "import_id"],
            ["imports.organisation_id", "imports.id"],
            name=op.f("fk_import_parts_organisation_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "import_id", "number", name=op.f("pk_import_parts")),
    )
    op.create_table(
        "services",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("yearly_cost", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("yearly_cost_currency", sa.String(), nullable=True),
        sa.Column("commercial_price_per_user", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("commercial_price_currency", sa.String(), nullable=True),
        sa.Column("commercial_source", sa.String(), nullable=True),
        sa.Column("audience_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "provider_id"],
            ["units.organisation_id", "units.id"],
            name=op.f("fk_services_organisation_id_provider_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_services")),
        sa.UniqueConstraint("organisation_id", "external_id", name=op.f("uq_services_organisation_id_external_id")),
    )
    op.create_index(
        op.f("ix_services_organisation_id_provider_id"), "services", ["organisation_id", "provider_id"], unique=False
    )
    op.create_table(
        "survey_versions",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survey_id"],
            ["surveys.organisation_id", "surveys.id"],
            name=op.f("fk_survey_versions_organisation_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "survey_id", "number", name=op.f("pk_survey_versions")),
    )
    op.create_table(
        "waves",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("service_choice", sa.String(), nullable=False),
        sa.Column("sample", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("minimum_group", sa.Integer(), nullable=False),
        sa.Column("comment_minimum_group", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("scheduled", sa.Boolean(), nullable=False),
        sa.Column("maximum_services", sa.Integer(), nullable=True),
        sa.Column("box_id", sa.Uuid(), nullable=True),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column("counts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "survey_id"],
            ["surveys.organisation_id", "surveys.id"],
            name=op.f("fk_waves_organisation_id_survey_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_waves")),
    )
    op.create_index("ix_waves_due", "waves", ["due_at"], unique=False, postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "audience_units",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "service_id"],
            ["services.organisation_id", "services.id"],
            name=op.f("fk_audience_units_organisation_id_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["units.organisation_id", "units.id"],
            name=op.f("fk_audience_units_organisation_id_unit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "service_id", "unit_id", name=op.f("pk_audience_units")),
    )
    op.create_index(
        op.f("ix_audience_units_organisation_id_unit_id"),
        "audience_units",
        ["organisation_id", "unit_id"],
        unique=False,
    )
    op.create_table(
        "boxes",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "wave_id"],
            ["waves.organisation_id", "waves.id"],
            name=op.f("fk_boxes_organisation_id_wave_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_boxes")),
    )
    op.create_index("ix_boxes_wave", "boxes", ["organisation_id", "wave_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("employee_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("service_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("burned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("delivery_state", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "wave_id"],
            ["waves.organisation_id", "waves.id"],
            name=op.f("fk_invitations_organisation_id_wave_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "number", name=op.f("pk_invitations")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index("ix_invitations_wave", "invitations", ["organisation_id", "wave_id", "number"], unique=False)
    op.create_table(
        "wave_populations",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "wave_id"],
            ["waves.organisation_id", "waves.id"],
            name=op.f("fk_wave_populations_organisation_id_wave_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", "unit_id", name=op.f("pk_wave_populations")),
    )
    op.create_table(
        "wave_progress",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.Column("bounced", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("as_of_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "wave_id"],
            ["waves.organisation_id", "waves.id"],
            name=op.f("fk_wave_progress_organisation_id_wave_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_wave_progress")),
    )
    op.create_index("ix_wave_progress_wave", "wave_progress", ["organisation_id", "wave_id"], unique=False)
    op.create_table(
        "wave_units",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "wave_id"],
            ["waves.organisation_id", "waves.id"],
            name=op.f("fk_wave_units_organisation_id_wave_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "wave_id", "unit_id", name=op.f("pk_wave_units")),
    )
    op.create_table(
        "wave_users",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "wave_id"],
            ["waves.organisation_id", "waves.id"],
            name=op.f("fk_wave_users_organisation_id_wave_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_wave_users")),
    )
    op.create_index("ix_wave_users_wave", "wave_users", ["organisation_id", "wave_id"], unique=False)
    for table, across in ISOLATED.items():
        execute(isolate(table, across=across))
    execute(INTAKE)
    execute(
        [
            "GRANT USAGE ON SCHEMA public TO klankbord_survey",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO klankbord_survey",
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO klankbord_survey",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO klankbord_survey",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO klankbord_survey",
        ]
    )
