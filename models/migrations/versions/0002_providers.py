"""Providers, lists, applications, inspections and placements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "purchasing_list",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "regime",
            sa.Enum(
                "PCR_R34",
                "PCR_LTR_LIST",
                "PA23_DYNAMIC_MARKET",
                "PA23_LT_FRAMEWORK",
                "PA23_OPEN_FRAMEWORK",
                name="regime",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("notice_reference", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("request_deadline", sa.Date(), nullable=True),
        sa.Column("first_tender_on", sa.Date(), nullable=True),
        sa.Column("criteria_version", sa.Text(), nullable=False),
        sa.Column("is_paused_because", sa.Text(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_purchasing_list_valid_to_after_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchasing_list")),
        sa.UniqueConstraint("reference", name=op.f("uq_purchasing_list_reference")),
    )
    op.create_table(
        "reminder",
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("given_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("about", name=op.f("uq_reminder_about")),
    )
    op.create_table(
        "list_category",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ofsted_category", sa.Integer(), nullable=True),
        sa.Column("age_from", sa.Integer(), nullable=False),
        sa.Column("age_to", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["purchasing_list.id"], name=op.f("fk_list_category_list_id_purchasing_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_category")),
        sa.UniqueConstraint("list_id", "key", name=op.f("uq_list_category_list_id_key")),
    )
    op.create_index(op.f("ix_list_category_list_id"), "list_category", ["list_id"], unique=False)

    op.create_table(
        "provider",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("trading_name", sa.Text(), nullable=False),
        sa.Column(
            "legal_form",
            sa.Enum(
                "public_company",
                "private_company",
                "llp",
                "partnership",
                "sole_trader",
                "community_interest_company",
                "charitable_organisation",
                "other",
                name="legalform",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("is_small", sa.Boolean(), nullable=False),
        sa.Column("is_voluntary", sa.Boolean(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["group_key"], ["candidate_group.key"], name=op.f("fk_provider_group_key_candidate_group")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("group_key", name=op.f("uq_provider_group_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_provider_reference")),
    )
    op.create_index(op.f("ix_provider_name"), "provider", ["name"], unique=False)

    op.create_table(
        "contract",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "regime",
            sa.Enum(
                "PCR_R34",
                "PCR_LTR_LIST",
                "PA23_DYNAMIC_MARKET",
                "PA23_LT_FRAMEWORK",
                "PA23_OPEN_FRAMEWORK",
                name="regime",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("initial_ends_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("notice_months", sa.Integer(), nullable=False),
        sa.Column("annual_value", base.Pence(), nullable=True),
        sa.Column("owner_key", sa.Text(), nullable=False),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on >= initial_ends_on AND initial_ends_on >= starts_on", name=op.f("ck_contract_ends_in_order")),
        sa.ForeignKeyConstraint(["list_id"], ["purchasing_list.id"], name=op.f("fk_contract_list_id_purchasing_list")),
        sa.ForeignKeyConstraint(["owner_key"], ["candidate_group.key"], name=op.f("fk_contract_owner_key_candidate_group")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_contract_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("reference", name=op.f("uq_contract_reference")),
    )
    op.create_index(op.f("ix_contract_list_id"), "contract", ["list_id"], unique=False)

    op.create_table(
        "email_link",
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", base.Instant(), nullable=False),
        sa.Column("expires_at", base.Instant(), nullable=False),
        sa.Column("used_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invited_by_id"], ["user.id"], name=op.f("fk_email_link_invited_by_id_user")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_email_link_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_link")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_email_link_token_digest")),
    )
    op.create_index(op.f("ix_email_link_email"), "email_link", ["email"], unique=False)

    op.create_table(
        "premises",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("category", sa.Integer(), nullable=False),
        sa.Column("spaces", sa.Integer(), nullable=False),
        sa.Column("age_from", sa.Integer(), nullable=False),
        sa.Column("age_to", sa.Integer(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("night_cover", sa.Text(), nullable=False),
        sa.Column("is_step_free", sa.Boolean(), nullable=False),
        sa.Column("support_hours", sa.Integer(), nullable=False),
        sa.Column("weekly_price", base.Pence(), nullable=True),
        sa.Column("supports", base.Json, nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("graded_at", base.Instant(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("age_from >= 16 AND age_to >= age_from", name=op.f("ck_premises_ages")),
        sa.CheckConstraint("category BETWEEN 1 AND 4", name=op.f("ck_premises_known_category")),
        sa.CheckConstraint("spaces >= 1", name=op.f("ck_premises_has_spaces")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_premises_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premises")),
        sa.UniqueConstraint("reference", name=op.f("uq_premises_reference")),
    )
    op.create_index(op.f("ix_premises_district"), "premises", ["district"], unique=False)
    op.create_index(op.f("ix_premises_provider_id"), "premises", ["provider_id"], unique=False)

    op.create_table(
        "provider_identifier",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column(
            "scheme",
            sa.Enum(
                "GB-COH",
                "GB-CHC",
                "GB-SC",
                "GB-NIC",
                "GB-VAT",
                "GB-UKPRN",
                "GB-OFSTED",
                "GB-ICO",
                "XI-DUNS",
                "GB-PPON",
                name="identifierscheme",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_identifier_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_identifier")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_provider_identifier_scheme_value")),
    )
    op.create_index(op.f("ix_provider_identifier_provider_id"), "provider_identifier", ["provider_id"], unique=False)

    op.create_table(
        "provider_person",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_in_control", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_person_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_person")),
    )
    op.create_index(op.f("ix_provider_person_provider_id"), "provider_person", ["provider_id"], unique=False)

    op.create_table(
        "registration",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "applied",
                "suspended",
                "cancelled",
                "not_registered",
                "not_required",
                name="registrationstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("categories", base.Json, nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("has_enforcement", sa.Boolean(), nullable=False),
        sa.Column("last_inspected_on", sa.Date(), nullable=True),
        sa.Column("last_outcome", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("starts_at", base.Instant(), nullable=False),
        sa.Column("ends_at", base.Instant(), nullable=True),
        sa.Column("checked_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user.id"], name=op.f("fk_registration_checked_by_id_user")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_registration_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    op.create_index(
        "ix_registration_now",
        "registration",
        ["provider_id"],
        unique=True,
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_index(op.f("ix_registration_provider_id"), "registration", ["provider_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("categories", base.Json, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "sent",
                "admitted",
                "admitted_with_conditions",
                "rejected",
                "withdrawn",
                "lapsed",
                "superseded",
                "list_closed",
                name="applicationstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("questionnaire_version", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", base.Instant(), nullable=False),
        sa.Column("last_changed_at", base.Instant(), nullable=False),
        sa.Column("sent_at", base.Instant(), nullable=True),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("signatory_name", sa.Text(), nullable=False),
        sa.Column("signatory_role", sa.Text(), nullable=False),
        sa.Column("evaluation_due_on", sa.Date(), nullable=True),
        sa.Column("evaluation_explanation", base.Json, nullable=False),
        sa.Column("extended_at", base.Instant(), nullable=True),
        sa.Column("extended_because", sa.Text(), nullable=False),
        sa.Column("decided_at", base.Instant(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_application_case_id_case")),
        sa.ForeignKeyConstraint(["list_id"], ["purchasing_list.id"], name=op.f("fk_application_list_id_purchasing_list")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_application_provider_id_provider")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user.id"], name=op.f("fk_application_sent_by_id_user")),
        sa.ForeignKeyConstraint(["started_by_id"], ["user.id"], name=op.f("fk_application_started_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("case_id", name=op.f("uq_application_case_id")),
    )
    op.create_index("ix_application_of", "application", ["list_id", "provider_id", "status"], unique=False)
    op.create_index(op.f("ix_application_provider_id"), "application", ["provider_id"], unique=False)

    op.create_table(
        "case_key",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_key_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_key")),
        sa.UniqueConstraint("case_id", "name", name=op.f("uq_case_key_case_id_name")),
    )
    op.create_index("ix_case_key_found", "case_key", ["name", "value"], unique=False)

    op.create_table(
        "due_diligence_check",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("detail", base.Json, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_due_diligence_check_case_id_case")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user.id"], name=op.f("fk_due_diligence_check_checked_by_id_user")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_due_diligence_check_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_diligence_check")),
        sa.UniqueConstraint("case_id", "kind", "round", name=op.f("uq_due_diligence_check_case_id_kind_round")),
    )
    op.create_index(op.f("ix_due_diligence_check_case_id"), "due_diligence_check", ["case_id"], unique=False)
    op.create_index(op.f("ix_due_diligence_check_provider_id"), "due_diligence_check", ["provider_id"], unique=False)

    op.create_table(
        "evaluation_score",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("scored_by_id", sa.Uuid(), nullable=False),
        sa.Column("scored_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 5", name=op.f("ck_evaluation_score_score_0_to_5")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_evaluation_score_case_id_case")),
        sa.ForeignKeyConstraint(["scored_by_id"], ["user.id"], name=op.f("fk_evaluation_score_scored_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_score")),
        sa.UniqueConstraint("case_id", "question", "seat", name=op.f("uq_evaluation_score_case_id_question_seat")),
    )
    op.create_index(op.f("ix_evaluation_score_case_id"), "evaluation_score", ["case_id"], unique=False)

    op.create_table(
        "extension_option",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("decision_case_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_extension_option_contract_id_contract")),
        sa.ForeignKeyConstraint(["decision_case_id"], ["case.id"], name=op.f("fk_extension_option_decision_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_option")),
        sa.UniqueConstraint("contract_id", "sequence", name=op.f("uq_extension_option_contract_id_sequence")),
    )
    op.create_index(op.f("ix_extension_option_contract_id"), "extension_option", ["contract_id"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("initial", "routine", "follow_up", "unannounced", "incident", "desktop", name="inspectionkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "under_way",
                "drafted",
                "with_provider",
                "actions",
                "closed",
                "cancelled",
                name="inspectionstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_announced", sa.Boolean(), nullable=False),
        sa.Column("planned_for", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("scope", base.Json, nullable=False),
        sa.Column("documents_requested", base.Json, nullable=False),
        sa.Column("barred_inspectors", base.Json, nullable=False),
        sa.Column("inspector_id", sa.Uuid(), nullable=True),
        sa.Column("notice_sent_at", base.Instant(), nullable=True),
        sa.Column("visit_started_at", base.Instant(), nullable=True),
        sa.Column("visit_ended_at", base.Instant(), nullable=True),
        sa.Column("access_refused", sa.Boolean(), nullable=False),
        sa.Column("staff_on_duty", sa.Integer(), nullable=True),
        sa.Column("young_people_spoken_to", sa.Integer(), nullable=True),
        sa.Column("young_people_declined", sa.Integer(), nullable=True),
        sa.Column("restricted_notes", sa.Text(), nullable=False),
        sa.Column("grade", sa.Enum("green", "amber", "red", "not_assessed", name="grade", native_enum=False, length=40), nullable=True),
        sa.Column("grade_because", sa.Text(), nullable=False),
        sa.Column("consequence", sa.Text(), nullable=False),
        sa.Column("draft_report", sa.Text(), nullable=False),
        sa.Column("final_report", sa.Text(), nullable=False),
        sa.Column("draft_sent_at", base.Instant(), nullable=True),
        sa.Column("finalised_at", base.Instant(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_inspection_case_id_case")),
        sa.ForeignKeyConstraint(["inspector_id"], ["user.id"], name=op.f("fk_inspection_inspector_id_user")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_inspection_premises_id_premises")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_inspection_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("case_id", name=op.f("uq_inspection_case_id")),
    )
    op.create_index("ix_inspection_planned", "inspection", ["planned_for", "status"], unique=False)
    op.create_index(op.f("ix_inspection_premises_id"), "inspection", ["premises_id"], unique=False)
    op.create_index(op.f("ix_inspection_provider_id"), "inspection", ["provider_id"], unique=False)

    op.create_table(
        "interest",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Enum("none", "perceived", "potential", "actual", name="interestkind", native_enum=False, length=40), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("mitigation", sa.Text(), nullable=False),
        sa.Column("declared_at", base.Instant(), nullable=False),
        sa.Column("cleared_at", base.Instant(), nullable=True),
        sa.Column("cleared_by_id", sa.Uuid(), nullable=True),
        sa.Column("cleared_because", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(cleared_at IS NULL) = (cleared_by_id IS NULL)", name=op.f("ck_interest_cleared_by_and_at")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_interest_case_id_case")),
        sa.ForeignKeyConstraint(["cleared_by_id"], ["user.id"], name=op.f("fk_interest_cleared_by_id_user")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_interest_provider_id_provider")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_interest_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
    )
    op.create_index(op.f("ix_interest_case_id"), "interest", ["case_id"], unique=False)
    op.create_index(op.f("ix_interest_provider_id"), "interest", ["provider_id"], unique=False)
    op.create_index(op.f("ix_interest_user_id"), "interest", ["user_id"], unique=False)

    op.create_table(
        "letter",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("is_for_provider", sa.Boolean(), nullable=False),
        sa.Column("sent_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["approver_id"], ["user.id"], name=op.f("fk_letter_approver_id_user")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_letter_author_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_letter_case_id_case")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_letter_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_case_id"), "letter", ["case_id"], unique=False)
    op.create_index(op.f("ix_letter_provider_id"), "letter", ["provider_id"], unique=False)

    op.create_table(
        "membership",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("categories", base.Json, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "admitted",
                "active",
                "conditional",
                "embargoed",
                "suspended",
                "expired",
                "removed",
                "withdrawn",
                name="membershipstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("admitted_at", base.Instant(), nullable=False),
        sa.Column("agreement_version", sa.Text(), nullable=False),
        sa.Column("agreement_signed_by", sa.Text(), nullable=False),
        sa.Column("agreement_signed_at", base.Instant(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_membership_case_id_case")),
        sa.ForeignKeyConstraint(["list_id"], ["purchasing_list.id"], name=op.f("fk_membership_list_id_purchasing_list")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_membership_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_case_id"), "membership", ["case_id"], unique=False)
    op.create_index("ix_membership_of", "membership", ["list_id", "provider_id"], unique=False)
    op.create_index(op.f("ix_membership_provider_id"), "membership", ["provider_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("for_end", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("explanation", base.Json, nullable=False),
        sa.Column("reminded_at", base.Instant(), nullable=True),
        sa.Column("acknowledged_at", base.Instant(), nullable=True),
        sa.Column("acknowledged_by_id", sa.Uuid(), nullable=True),
        sa.Column("put_off_until", sa.Date(), nullable=True),
        sa.Column("put_off_because", sa.Text(), nullable=False),
        sa.Column("done_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["user.id"], name=op.f("fk_milestone_acknowledged_by_id_user")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_milestone_contract_id_contract")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("contract_id", "kind", "for_end", name=op.f("uq_milestone_contract_id_kind_for_end")),
    )
    op.create_index(op.f("ix_milestone_contract_id"), "milestone", ["contract_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("social_worker_post", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_placement_ends_after_start")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_placement_premises_id_premises")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_placement_recorded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    op.create_index(
        "ix_placement_open",
        "placement",
        ["reference"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_index("ix_placement_stay", "placement", ["premises_id", "starts_on", "ends_on"], unique=False)

    op.create_table(
        "accuracy_comment",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("paragraph", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_accuracy_comment_inspection_id_inspection")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_accuracy_comment_made_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accuracy_comment")),
    )
    op.create_index(op.f("ix_accuracy_comment_inspection_id"), "accuracy_comment", ["inspection_id"], unique=False)

    op.create_table(
        "application_section",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("values", base.Json, nullable=False),
        sa.Column("problems", base.Json, nullable=False),
        sa.Column("is_completed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_application_section_application_id_application")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name=op.f("fk_application_section_saved_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_section")),
        sa.UniqueConstraint("application_id", "key", name=op.f("uq_application_section_application_id_key")),
    )
    op.create_index(op.f("ix_application_section_application_id"), "application_section", ["application_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("regulation", sa.Text(), nullable=False),
        sa.Column("severity", sa.Enum("critical", "major", "moderate", "minor", name="severity", native_enum=False, length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("action_wanted", sa.Text(), nullable=False),
        sa.Column("due_at", base.Instant(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_finding_inspection_id_inspection")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_inspection_id"), "finding", ["inspection_id"], unique=False)

    op.create_table(
        "membership_condition",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("met_at", base.Instant(), nullable=True),
        sa.Column("met_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_membership_condition_membership_id_membership")),
        sa.ForeignKeyConstraint(["met_by_id"], ["user.id"], name=op.f("fk_membership_condition_met_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_condition")),
    )
    op.create_index(op.f("ix_membership_condition_membership_id"), "membership_condition", ["membership_id"], unique=False)

    op.create_table(
        "membership_period",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "admitted",
                "active",
                "conditional",
                "embargoed",
                "suspended",
                "expired",
                "removed",
                "withdrawn",
                name="membershipstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("categories", base.Json, nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", base.Instant(), nullable=False),
        sa.Column("ends_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_membership_period_by_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_membership_period_case_id_case")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_membership_period_membership_id_membership")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_period")),
    )
    op.create_index(op.f("ix_membership_period_membership_id"), "membership_period", ["membership_id"], unique=False)
    op.create_index(
        "ix_membership_period_now",
        "membership_period",
        ["membership_id"],
        unique=True,
        sqlite_where=sa.text("ends_at IS NULL"),
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_index("ix_membership_period_on", "membership_period", ["membership_id", "starts_at", "ends_at"], unique=False)

    op.create_table(
        "standard_mark",
        sa.Column("inspection_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("mark", sa.Enum("met", "partly", "not_met", "not_applicable", name="mark", native_enum=False, length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("marked_by_id", sa.Uuid(), nullable=False),
        sa.Column("marked_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspection.id"], name=op.f("fk_standard_mark_inspection_id_inspection")),
        sa.ForeignKeyConstraint(["marked_by_id"], ["user.id"], name=op.f("fk_standard_mark_marked_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_mark")),
        sa.UniqueConstraint("inspection_id", "line", name=op.f("uq_standard_mark_inspection_id_line")),
    )
    op.create_index(op.f("ix_standard_mark_inspection_id"), "standard_mark", ["inspection_id"], unique=False)

    op.create_table(
        "welfare_check",
        sa.Column("placement_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", base.Instant(), nullable=False),
        sa.Column("done_at", base.Instant(), nullable=True),
        sa.Column("done_by_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("opened_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_welfare_check_done_by_and_at")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_welfare_check_case_id_case")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_welfare_check_done_by_id_user")),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_welfare_check_placement_id_placement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welfare_check")),
    )
    op.create_index(op.f("ix_welfare_check_case_id"), "welfare_check", ["case_id"], unique=False)
    op.create_index(op.f("ix_welfare_check_placement_id"), "welfare_check", ["placement_id"], unique=False)

    op.create_table(
        "provider_document",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("stored_as", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("held_because", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", base.Instant(), nullable=False),
        sa.Column("removed_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_provider_document_size_not_negative")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_provider_document_added_by_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_provider_document_case_id_case")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_provider_document_provider_id_provider")),
        sa.ForeignKeyConstraint(["replaces_id"], ["provider_document.id"], name=op.f("fk_provider_document_replaces_id_provider_document")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_provider_document_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_document")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_provider_document_stored_as")),
    )
    op.create_index(op.f("ix_provider_document_case_id"), "provider_document", ["case_id"], unique=False)
    op.create_index(op.f("ix_provider_document_provider_id"), "provider_document", ["provider_id"], unique=False)

    op.create_table(
        "case_message",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("is_from_provider", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", base.Instant(), nullable=False),
        sa.Column("read_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_case_message_author_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_message_case_id_case")),
        sa.ForeignKeyConstraint(["document_id"], ["provider_document.id"], name=op.f("fk_case_message_document_id_provider_document")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_case_message_provider_id_provider")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_message")),
    )
    op.create_index(op.f("ix_case_message_case_id"), "case_message", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_message_provider_id"), "case_message", ["provider_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "employers_liability",
                "public_liability",
                "professional_indemnity",
                "buildings",
                "data_protection",
                "gas_safety",
                "electrical",
                "fire_risk",
                "hmo_licence",
                name="certificatekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("limit", base.Pence(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", base.Instant(), nullable=False),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("verified_at", base.Instant(), nullable=True),
        sa.Column("refused_because", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name=op.f("ck_certificate_verified_by_and_at")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_certificate_ends_after_start")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_certificate_added_by_id_user")),
        sa.ForeignKeyConstraint(["document_id"], ["provider_document.id"], name=op.f("fk_certificate_document_id_provider_document")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_certificate_premises_id_premises")),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_certificate_provider_id_provider")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user.id"], name=op.f("fk_certificate_verified_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_index("ix_certificate_ends", "certificate", ["ends_on", "provider_id"], unique=False)
    op.create_index(op.f("ix_certificate_premises_id"), "certificate", ["premises_id"], unique=False)
    op.create_index(op.f("ix_certificate_provider_id"), "certificate", ["provider_id"], unique=False)

    op.create_table(
        "improvement_action",
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("agreed_at", base.Instant(), nullable=True),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", base.Instant(), nullable=True),
        sa.Column("verified_at", base.Instant(), nullable=True),
        sa.Column("verified_by_id", sa.Uuid(), nullable=True),
        sa.Column("not_verified_because", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name=op.f("ck_improvement_action_verified_by_and_at")),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user.id"], name=op.f("fk_improvement_action_agreed_by_id_user")),
        sa.ForeignKeyConstraint(["document_id"], ["provider_document.id"], name=op.f("fk_improvement_action_document_id_provider_document")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_improvement_action_finding_id_finding")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user.id"], name=op.f("fk_improvement_action_verified_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_improvement_action")),
        sa.UniqueConstraint("finding_id", name=op.f("uq_improvement_action_finding_id")),
    )
    op.create_table(
        "hold",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("premises_id", sa.Uuid(), nullable=True),
        sa.Column("certificate_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", base.Instant(), nullable=False),
        sa.Column("confirmed_at", base.Instant(), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", base.Instant(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=False),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_because = '')", name=op.f("ck_hold_lifted_has_reason")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_hold_approved_by_id_user")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_hold_case_id_case")),
        sa.ForeignKeyConstraint(["certificate_id"], ["certificate.id"], name=op.f("fk_hold_certificate_id_certificate")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_hold_confirmed_by_id_user")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["user.id"], name=op.f("fk_hold_lifted_by_id_user")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_hold_membership_id_membership")),
        sa.ForeignKeyConstraint(["premises_id"], ["premises.id"], name=op.f("fk_hold_premises_id_premises")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_membership_id"), "hold", ["membership_id"], unique=False)
    op.create_index(op.f("ix_hold_premises_id"), "hold", ["premises_id"], unique=False)

    refer_from_cases_to_providers()
    op.create_index(op.f("ix_case_provider_id"), "case", ["provider_id"], unique=False)


def refer_from_cases_to_providers() -> None:
    """Add the reference; SQLite can take it only with the column itself, and copying the table would lose what points to it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute('ALTER TABLE "case" ADD COLUMN provider_id CHAR(32) CONSTRAINT fk_case_provider_id_provider REFERENCES provider (id)')
        return
    op.add_column("case", sa.Column("provider_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_case_provider_id_provider", "case", "provider", ["provider_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("A database is not taken back to an earlier version: restore the backup that was made before")
