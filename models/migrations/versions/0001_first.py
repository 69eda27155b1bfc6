"""The first tables, and the guard that keeps the audit trail append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDED = (("audit_event", "UPDATE"), ("audit_event", "DELETE"), ("audit_seal", "UPDATE"), ("audit_seal", "DELETE"), ("audit_text", "UPDATE"))


def upgrade() -> None:
    op.create_table(
        "audit_seal",
        sa.Column("sealed_on", sa.Date(), nullable=False),
        sa.Column("heads", base.Json, nullable=False),
        sa.Column("previous_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("sealed_on", name=op.f("uq_audit_seal_sealed_on")),
    )
    op.create_table(
        "candidate_group",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Enum("team", "post", name="groupkind", native_enum=False, length=40), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("manager_key", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["manager_key"], ["candidate_group.key"], name=op.f("fk_candidate_group_manager_key_candidate_group")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_candidate_group")),
        sa.UniqueConstraint("name", name=op.f("uq_candidate_group_name")),
    )
    op.create_table(
        "job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("args", base.Json, nullable=False),
        sa.Column("status", sa.Enum("todo", "doing", "done", "failed", name="jobstatus", native_enum=False, length=40), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("run_at", base.Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("enqueued_at", base.Instant(), nullable=False),
        sa.Column("started_at", base.Instant(), nullable=True),
        sa.Column("finished_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_next", "job", ["status", "run_at", "priority"], unique=False)

    op.create_table(
        "local_closure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_local_closure")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("account_digest", sa.Text(), nullable=False),
        sa.Column("address_digest", sa.Text(), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    op.create_index(op.f("ix_login_attempt_account_digest_at"), "login_attempt", ["account_digest", "at"], unique=False)
    op.create_index(op.f("ix_login_attempt_address_digest_at"), "login_attempt", ["address_digest", "at"], unique=False)

    op.create_table(
        "reference_counter",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("year", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "user",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("preferences", base.Json, nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("last_signed_in_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "audit_event",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("acting_for_id", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", base.Json, nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("previous_digest", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["acting_for_id"], ["user.id"], name=op.f("fk_audit_event_acting_for_id_user")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_audit_event_by_id_user")),
        sa.PrimaryKeyConstraint("chain", "sequence", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)
    op.create_index(op.f("ix_audit_event_by_id"), "audit_event", ["by_id"], unique=False)
    op.create_index(op.f("ix_audit_event_kind_at"), "audit_event", ["kind", "at"], unique=False)

    op.create_table(
        "case",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Enum("open", "closed", name="casestatus", native_enum=False, length=40), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("is_restricted", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_key", sa.Text(), nullable=False),
        sa.Column("opened_at", base.Instant(), nullable=False),
        sa.Column("closed_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_case_owner_id_user")),
        sa.ForeignKeyConstraint(["team_key"], ["candidate_group.key"], name=op.f("fk_case_team_key_candidate_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("reference", name=op.f("uq_case_reference")),
    )
    op.create_index(op.f("ix_case_owner_id"), "case", ["owner_id"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("from_user_id", sa.Uuid(), nullable=False),
        sa.Column("to_user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("authorised_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_delegation_ends_after_start")),
        sa.CheckConstraint("from_user_id != to_user_id", name=op.f("ck_delegation_two_people")),
        sa.ForeignKeyConstraint(["authorised_by_id"], ["user.id"], name=op.f("fk_delegation_authorised_by_id_user")),
        sa.ForeignKeyConstraint(["from_user_id"], ["user.id"], name=op.f("fk_delegation_from_user_id_user")),
        sa.ForeignKeyConstraint(["to_user_id"], ["user.id"], name=op.f("fk_delegation_to_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_from_user_id"), "delegation", ["from_user_id"], unique=False)
    op.create_index(op.f("ix_delegation_to_user_id"), "delegation", ["to_user_id"], unique=False)

    op.create_table(
        "form_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("used_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_form_key_user_id_user")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_form_key")),
    )
    op.create_index(op.f("ix_form_key_used_at"), "form_key", ["used_at"], unique=False)

    op.create_table(
        "group_membership",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_group_membership_ends_after_start")),
        sa.ForeignKeyConstraint(["group_key"], ["candidate_group.key"], name=op.f("fk_group_membership_group_key_candidate_group")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_group_membership_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_membership")),
        sa.UniqueConstraint("user_id", "group_key", "starts_on", name=op.f("uq_group_membership_user_id_group_key_starts_on")),
    )
    op.create_index(op.f("ix_group_membership_group_key"), "group_membership", ["group_key"], unique=False)
    op.create_index(op.f("ix_group_membership_user_id"), "group_membership", ["user_id"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", base.Instant(), nullable=False),
        sa.Column("last_seen_at", base.Instant(), nullable=False),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id_user")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)

    op.create_table(
        "parameter",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", base.Json, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("legal_url", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_parameter_confirmed_by_id_user")),
        sa.ForeignKeyConstraint(["set_by_id"], ["user.id"], name=op.f("fk_parameter_set_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter")),
        sa.UniqueConstraint("key", "valid_from", name=op.f("uq_parameter_key_valid_from")),
    )
    op.create_table(
        "process_definition",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("files", base.Json, nullable=False),
        sa.Column("calls", base.Json, nullable=False),
        sa.Column("is_shipped", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("deployed_at", base.Instant(), nullable=False),
        sa.Column("deployed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["deployed_by_id"], ["user.id"], name=op.f("fk_process_definition_deployed_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("key", "digest", name=op.f("uq_process_definition_key_digest")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_process_definition_key_version")),
    )
    op.create_table(
        "audit_text",
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("words", base.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["chain", "sequence"], ["audit_event.chain", "audit_event.sequence"], name=op.f("fk_audit_text_chain_sequence_audit_event")
        ),
        sa.PrimaryKeyConstraint("chain", "sequence", name=op.f("pk_audit_text")),
    )
    op.create_table(
        "comment",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_comment_author_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_comment_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_case_id"), "comment", ["case_id"], unique=False)

    op.create_table(
        "key_decision",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("public_reference", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "not_key",
                "notice_published",
                "awaiting_decision",
                "decided",
                "call_in_open",
                "called_in",
                "reconsidering",
                "in_effect",
                "carried_out",
                "not_approved",
                "withdrawn",
                name="decisionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=True),
        sa.Column("key_reasons", base.Json, nullable=False),
        sa.Column("not_key_because", sa.Text(), nullable=False),
        sa.Column("maker_type", sa.Enum("officer", "cabinet_member", "cabinet", name="makertype", native_enum=False, length=40), nullable=False),
        sa.Column("maker_key", sa.Text(), nullable=False),
        sa.Column("maker_name", sa.Text(), nullable=False),
        sa.Column("lead_member", sa.Text(), nullable=False),
        sa.Column("lead_director_key", sa.Text(), nullable=False),
        sa.Column("contact_key", sa.Text(), nullable=False),
        sa.Column("value_total", base.Pence(), nullable=False),
        sa.Column("savings", base.Pence(), nullable=False),
        sa.Column("all_divisions", sa.Boolean(), nullable=False),
        sa.Column("divisions", base.Json, nullable=False),
        sa.Column("two_or_more_divisions", sa.Boolean(), nullable=False),
        sa.Column("plan_priority", sa.Text(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=False),
        sa.Column("due_to", sa.Date(), nullable=False),
        sa.Column("due_is_month", sa.Boolean(), nullable=False),
        sa.Column("moved_from", sa.Text(), nullable=False),
        sa.Column("moved_because", sa.Text(), nullable=False),
        sa.Column("restriction", sa.Text(), nullable=False),
        sa.Column("exempt_paragraphs", sa.Text(), nullable=False),
        sa.Column("public_interest_reason", sa.Text(), nullable=False),
        sa.Column("consultee_keys", base.Json, nullable=False),
        sa.Column("facts", base.Json, nullable=False),
        sa.Column("route", sa.Enum("A", "B", "C", name="noticeroute", native_enum=False, length=40), nullable=True),
        sa.Column("impracticable_because", sa.Text(), nullable=False),
        sa.Column("urgent_because", sa.Text(), nullable=False),
        sa.Column("earliest_decision_on", sa.Date(), nullable=True),
        sa.Column("representations_close_at", base.Instant(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("implemented_on", sa.Date(), nullable=True),
        sa.Column("implementation", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", base.Instant(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_because = '')", name=op.f("ck_key_decision_withdrawn_has_reason")),
        sa.CheckConstraint("due_to >= due_from", name=op.f("ck_key_decision_due_to_after_from")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_key_decision_author_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_key_decision_case_id_case")),
        sa.ForeignKeyConstraint(["contact_key"], ["candidate_group.key"], name=op.f("fk_key_decision_contact_key_candidate_group")),
        sa.ForeignKeyConstraint(["lead_director_key"], ["candidate_group.key"], name=op.f("fk_key_decision_lead_director_key_candidate_group")),
        sa.ForeignKeyConstraint(["maker_key"], ["candidate_group.key"], name=op.f("fk_key_decision_maker_key_candidate_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_decision")),
        sa.UniqueConstraint("case_id", name=op.f("uq_key_decision_case_id")),
        sa.UniqueConstraint("public_reference", name=op.f("uq_key_decision_public_reference")),
        sa.UniqueConstraint("slug", name=op.f("uq_key_decision_slug")),
    )
    op.create_table(
        "outbox_mail",
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_user_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("sending_at", base.Instant(), nullable=True),
        sa.Column("sent_at", base.Instant(), nullable=True),
        sa.Column("not_sent_because", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("sent_at IS NULL OR not_sent_because = ''", name=op.f("ck_outbox_mail_sent_or_not_sent")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outbox_mail_case_id_case")),
        sa.ForeignKeyConstraint(["to_user_id"], ["user.id"], name=op.f("fk_outbox_mail_to_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
    )
    op.create_index(op.f("ix_outbox_mail_case_id"), "outbox_mail", ["case_id"], unique=False)
    op.create_index(op.f("ix_outbox_mail_created_at"), "outbox_mail", ["created_at"], unique=False)

    op.create_table(
        "process_instance",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.Enum("running", "completed", "cancelled", name="instancestatus", native_enum=False, length=40), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("live", base.Json, nullable=False),
        sa.Column("stuck_at", sa.Text(), nullable=False),
        sa.Column("has_messages", sa.Boolean(), nullable=False),
        sa.Column("ended_as", sa.Text(), nullable=True),
        sa.Column("started_at", base.Instant(), nullable=False),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_process_instance_case_id_case")),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name=op.f("fk_process_instance_definition_id_process_definition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    op.create_index(op.f("ix_process_instance_case_id"), "process_instance", ["case_id"], unique=False)
    op.create_index(op.f("ix_process_instance_definition_id"), "process_instance", ["definition_id"], unique=False)

    op.create_table(
        "incident",
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("opened_at", base.Instant(), nullable=False),
        sa.Column("last_tried_at", base.Instant(), nullable=False),
        sa.Column("closed_at", base.Instant(), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_incident_case_id_case")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name=op.f("fk_incident_closed_by_id_user")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_incident_instance_id_process_instance")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_incident_job_id_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("job_id", name=op.f("uq_incident_job_id")),
    )
    op.create_index(op.f("ix_incident_case_id"), "incident", ["case_id"], unique=False)
    op.create_index(
        "ix_incident_open",
        "incident",
        ["instance_id", "element_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "message",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("payload", base.Json, nullable=False),
        sa.Column("sent_at", base.Instant(), nullable=False),
        sa.Column("delivered_at", base.Instant(), nullable=True),
        sa.Column("refused_because", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_message_instance_id_process_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index(op.f("ix_message_instance_id"), "message", ["instance_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("key_decision", "general_exception", "special_urgency", "reasons", "correction", name="noticekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("website_on", sa.Date(), nullable=False),
        sa.Column("offices_on", sa.Date(), nullable=False),
        sa.Column("content", base.Json, nullable=False),
        sa.Column("earliest_decision_on", sa.Date(), nullable=True),
        sa.Column("earliest_explanation", base.Json, nullable=True),
        sa.Column("representations_close_at", base.Instant(), nullable=True),
        sa.Column("restarts_clock", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("published_at", base.Instant(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_notice_decision_id_key_decision")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_notice_published_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("decision_id", "version", name=op.f("uq_notice_decision_id_version")),
    )
    op.create_index(op.f("ix_notice_decision_id"), "notice", ["decision_id"], unique=False)

    op.create_table(
        "page_revision",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_page_revision_decision_id_key_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_revision")),
    )
    op.create_index(op.f("ix_page_revision_decision_id"), "page_revision", ["decision_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", base.Json, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("is_material_change", sa.Boolean(), nullable=False),
        sa.Column("what_changed", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_report_decision_id_key_decision")),
        sa.ForeignKeyConstraint(["written_by_id"], ["user.id"], name=op.f("fk_report_written_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("decision_id", "version", name=op.f("uq_report_decision_id_version")),
    )
    op.create_index(op.f("ix_report_decision_id"), "report", ["decision_id"], unique=False)

    op.create_table(
        "representation",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("may_publish", sa.Boolean(), nullable=False),
        sa.Column("received_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_representation_decision_id_key_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representation")),
        sa.UniqueConstraint("reference", name=op.f("uq_representation_reference")),
    )
    op.create_index(op.f("ix_representation_decision_id"), "representation", ["decision_id"], unique=False)

    op.create_table(
        "timer",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("engine_task_id", sa.Uuid(), nullable=False),
        sa.Column("bpmn_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", base.Instant(), nullable=False),
        sa.Column("next_try_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_timer_instance_id_process_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("instance_id", "engine_task_id", name=op.f("uq_timer_instance_id_engine_task_id")),
    )
    op.create_index(op.f("ix_timer_next_try_at"), "timer", ["next_try_at"], unique=False)

    op.create_table(
        "urgency_agreement",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("why_not_higher", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_urgency_agreement_decision_id_key_decision")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_urgency_agreement_recorded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgency_agreement")),
    )
    op.create_index(op.f("ix_urgency_agreement_decision_id"), "urgency_agreement", ["decision_id"], unique=False)

    op.create_table(
        "user_task",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("definition_id", sa.Uuid(), nullable=False),
        sa.Column("engine_task_id", sa.Uuid(), nullable=False),
        sa.Column("bpmn_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("candidate_group", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Enum("ready", "claimed", "completed", "cancelled", name="taskstatus", native_enum=False, length=40), nullable=False),
        sa.Column("properties", base.Json, nullable=False),
        sa.Column("variables", base.Json, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", base.Instant(), nullable=False),
        sa.Column("due_explanation", base.Json, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("claimed_at", base.Instant(), nullable=True),
        sa.Column("completed_at", base.Instant(), nullable=True),
        sa.Column("completed_by_id", sa.Uuid(), nullable=True),
        sa.Column("acting_for_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status != 'claimed' OR assignee_id IS NOT NULL", name=op.f("ck_user_task_claimed_has_assignee")),
        sa.CheckConstraint("(completed_at IS NULL) = (completed_by_id IS NULL)", name=op.f("ck_user_task_completed_by_and_at")),
        sa.ForeignKeyConstraint(["acting_for_id"], ["user.id"], name=op.f("fk_user_task_acting_for_id_user")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_user_task_assignee_id_user")),
        sa.ForeignKeyConstraint(["candidate_group"], ["candidate_group.key"], name=op.f("fk_user_task_candidate_group_candidate_group")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_user_task_case_id_case")),
        sa.ForeignKeyConstraint(["completed_by_id"], ["user.id"], name=op.f("fk_user_task_completed_by_id_user")),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"], name=op.f("fk_user_task_definition_id_process_definition")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_user_task_instance_id_process_instance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
        sa.UniqueConstraint("instance_id", "engine_task_id", name=op.f("uq_user_task_instance_id_engine_task_id")),
    )
    op.create_index(op.f("ix_user_task_case_id"), "user_task", ["case_id"], unique=False)
    op.create_index("ix_user_task_inbox_assignee", "user_task", ["assignee_id", "status", "due_at", "id"], unique=False)
    op.create_index("ix_user_task_inbox_group", "user_task", ["candidate_group", "status", "due_at", "id"], unique=False)
    op.create_index(op.f("ix_user_task_instance_id"), "user_task", ["instance_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("bpmn_id", sa.Text(), nullable=False),
        sa.Column("values", base.Json, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("said_by_id", sa.Uuid(), nullable=False),
        sa.Column("said_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_answer_case_id_case")),
        sa.ForeignKeyConstraint(["said_by_id"], ["user.id"], name=op.f("fk_answer_said_by_id_user")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_answer_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("task_id", name=op.f("uq_answer_task_id")),
    )
    op.create_index(op.f("ix_answer_case_id"), "answer", ["case_id"], unique=False)

    op.create_table(
        "consultation_request",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("consultee_key", sa.Text(), nullable=False),
        sa.Column("is_mandatory", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("asked", "answered", "overridden", "withdrawn", "superseded", name="consultationstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("asked_at", base.Instant(), nullable=False),
        sa.Column("due_at", base.Instant(), nullable=False),
        sa.Column("due_explanation", base.Json, nullable=True),
        sa.Column(
            "response",
            sa.Enum(
                "no_comment",
                "support",
                "support_with_conditions",
                "object",
                "need_information",
                name="consultationresponse",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("comments", sa.Text(), nullable=False),
        sa.Column("implications", sa.Text(), nullable=False),
        sa.Column("conditions", base.Json, nullable=False),
        sa.Column("is_exempt", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("answered_at", base.Instant(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("reminded_count", sa.Integer(), nullable=False),
        sa.Column("escalated_to", sa.Text(), nullable=False),
        sa.Column("more_time_asked_because", sa.Text(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("overridden_by_id", sa.Uuid(), nullable=True),
        sa.Column("overridden_at", base.Instant(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status != 'answered' OR (response IS NOT NULL AND answered_at IS NOT NULL)", name=op.f("ck_consultation_request_answered_has_response")
        ),
        sa.CheckConstraint("status != 'overridden' OR override_reason != ''", name=op.f("ck_consultation_request_overridden_has_reason")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_consultation_request_answered_by_id_user")),
        sa.ForeignKeyConstraint(["consultee_key"], ["candidate_group.key"], name=op.f("fk_consultation_request_consultee_key_candidate_group")),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_consultation_request_decision_id_key_decision")),
        sa.ForeignKeyConstraint(["overridden_by_id"], ["user.id"], name=op.f("fk_consultation_request_overridden_by_id_user")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_consultation_request_report_id_report")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user.id"], name=op.f("fk_consultation_request_resolved_by_id_user")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_consultation_request_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_request")),
        sa.UniqueConstraint("decision_id", "round", "consultee_key", name=op.f("uq_consultation_request_decision_id_round_consultee_key")),
    )
    op.create_index(op.f("ix_consultation_request_decision_id"), "consultation_request", ["decision_id"], unique=False)

    op.create_table(
        "decision_record",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Enum("approve", "approve_amended", "refuse", name="decisionoutcome", native_enum=False, length=40), nullable=False),
        sa.Column("decision_text", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("alternatives_rejected", sa.Text(), nullable=False),
        sa.Column("members_consulted", sa.Text(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("dispensation", sa.Text(), nullable=False),
        sa.Column("response_to_concerns", sa.Text(), nullable=False),
        sa.Column("maker_name", sa.Text(), nullable=False),
        sa.Column("maker_title", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", base.Instant(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", base.Instant(), nullable=True),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("can_be_called_in", sa.Boolean(), nullable=False),
        sa.Column("not_callable_because", sa.Text(), nullable=False),
        sa.Column("call_in_last_day", sa.Date(), nullable=True),
        sa.Column("call_in_closes_at", base.Instant(), nullable=True),
        sa.Column("call_in_explanation", base.Json, nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(published_at IS NULL) = (effective_from IS NULL)", name=op.f("ck_decision_record_published_has_effective_date")),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_decision_record_decision_id_key_decision")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_decision_record_published_by_id_user")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_decision_record_report_id_report")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["user.id"], name=op.f("fk_decision_record_signed_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_record")),
        sa.UniqueConstraint("decision_id", "version", name=op.f("uq_decision_record_decision_id_version")),
    )
    op.create_index(op.f("ix_decision_record_decision_id"), "decision_record", ["decision_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("exempt_paragraphs", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", base.Instant(), nullable=False),
        sa.Column("removed_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("NOT (is_public AND exempt_paragraphs != '')", name=op.f("ck_document_exempt_is_not_public")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_document_size_not_negative")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_document_added_by_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_document_case_id_case")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_document_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_document_stored_as")),
    )
    op.create_index(op.f("ix_document_case_id"), "document", ["case_id"], unique=False)

    op.create_table(
        "draft",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("values", base.Json, nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_draft_task_id_user_task")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_draft_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("task_id", "user_id", name=op.f("uq_draft_task_id_user_id")),
    )
    op.create_table(
        "sign_off",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=False),
        sa.Column("comments", sa.Text(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["key_decision.id"], name=op.f("fk_sign_off_decision_id_key_decision")),
        sa.ForeignKeyConstraint(["group_key"], ["candidate_group.key"], name=op.f("fk_sign_off_group_key_candidate_group")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_sign_off_report_id_report")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["user.id"], name=op.f("fk_sign_off_signed_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_index(op.f("ix_sign_off_decision_id"), "sign_off", ["decision_id"], unique=False)

    op.create_table(
        "call_in",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "received",
                "invalid",
                "valid",
                "no_action",
                "refer_back",
                "refer_council",
                "closed",
                name="callinstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("requesters", base.Json, nullable=False),
        sa.Column("grounds", base.Json, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("received_at", base.Instant(), nullable=False),
        sa.Column("received_from_id", sa.Uuid(), nullable=False),
        sa.Column("judged_at", base.Instant(), nullable=True),
        sa.Column("judged_by_id", sa.Uuid(), nullable=True),
        sa.Column("judgement", sa.Text(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("concerns", sa.Text(), nullable=False),
        sa.Column("council_met_on", sa.Date(), nullable=True),
        sa.Column("council_objected", sa.Boolean(), nullable=True),
        sa.Column("closed_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["judged_by_id"], ["user.id"], name=op.f("fk_call_in_judged_by_id_user")),
        sa.ForeignKeyConstraint(["received_from_id"], ["user.id"], name=op.f("fk_call_in_received_from_id_user")),
        sa.ForeignKeyConstraint(["record_id"], ["decision_record.id"], name=op.f("fk_call_in_record_id_decision_record")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_in")),
        sa.UniqueConstraint("reference", name=op.f("uq_call_in_reference")),
    )
    op.create_index(op.f("ix_call_in_record_id"), "call_in", ["record_id"], unique=False)
    guard_the_audit_trail()


def guard_the_audit_trail() -> None:
    """Let the database itself refuse to change or delete events and seals; the words of an event may be deleted, not changed."""
    if op.get_bind().dialect.name == "sqlite":
        for table, verb in GUARDED:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END"
            )
        # INSERT OR REPLACE takes the old row away without asking a DELETE trigger.
        op.execute(
            "CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event "
            "WHEN EXISTS (SELECT 1 FROM audit_event WHERE chain = NEW.chain AND sequence = NEW.sequence) "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is only added to' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, verb in (*GUARDED, ("audit_event", "TRUNCATE"), ("audit_seal", "TRUNCATE"), ("audit_text", "TRUNCATE")):
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION refuse_audit_change()")


def downgrade() -> None:
    raise NotImplementedError("A database is not taken back to an earlier version: restore the backup that was made before")
