"""The workshop: drafts of processes, trials of them, long pieces of work, and running cases that are moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "undertaking",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "stopped",
                "failed",
                name="undertakingstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("args", base.Json, nullable=False),
        sa.Column("results", base.Json, nullable=False),
        sa.Column("summary", base.Json, nullable=False),
        sa.Column("wants_stop", sa.Boolean(), nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", base.Instant(), nullable=False),
        sa.Column("began_at", base.Instant(), nullable=True),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (status IN ('waiting', 'running'))",
            name=op.f("ck_undertaking_ended"),
        ),
        sa.CheckConstraint(
            "done >= 0 AND total >= 0", name=op.f("ck_undertaking_counts")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"],
            ["user.id"],
            name=op.f("fk_undertaking_started_by_id_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undertaking")),
    )
    op.create_index(
        op.f("ix_undertaking_asked_at"), "undertaking", ["asked_at"], unique=False
    )

    op.create_table(
        "process_draft",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "sent",
                "agreed",
                "deployed",
                "discarded",
                name="draftstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("handed_back_because", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", base.Instant(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", base.Instant(), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", base.Instant(), nullable=True),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", base.Instant(), nullable=True),
        sa.Column("agreed_by_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_digest", sa.Text(), nullable=False),
        sa.Column("deployed_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (status IN ('open', 'sent', 'agreed'))",
            name=op.f("ck_process_draft_ended"),
        ),
        sa.CheckConstraint(
            "status != 'agreed' OR agreed_at IS NOT NULL",
            name=op.f("ck_process_draft_agreed_at"),
        ),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"],
            ["user.id"],
            name=op.f("fk_process_draft_agreed_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["base_id"],
            ["process_definition.id"],
            name=op.f("fk_process_draft_base_id_process_definition"),
        ),
        sa.ForeignKeyConstraint(
            ["deployed_id"],
            ["process_definition.id"],
            name=op.f("fk_process_draft_deployed_id_process_definition"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["user.id"],
            name=op.f("fk_process_draft_opened_by_id_user"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["user.id"], name=op.f("fk_process_draft_saved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user.id"], name=op.f("fk_process_draft_sent_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_draft")),
    )
    op.create_index(
        "ix_process_draft_going",
        "process_draft",
        ["key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_process_draft_key"), "process_draft", ["key"], unique=False
    )

    op.create_table(
        "process_draft_author",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("is_of_rules", sa.Boolean(), nullable=False),
        sa.Column("first_at", base.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["process_draft.id"],
            name=op.f("fk_process_draft_author_draft_id_process_draft"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_process_draft_author_user_id_user")
        ),
        sa.PrimaryKeyConstraint(
            "draft_id", "user_id", name=op.f("pk_process_draft_author")
        ),
    )
    op.create_table(
        "process_draft_file",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.Text(), nullable=True),
        sa.Column("earlier_for", sa.Integer(), nullable=False),
        sa.Column("saved_at", base.Instant(), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["process_draft.id"],
            name=op.f("fk_process_draft_file_draft_id_process_draft"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["user.id"],
            name=op.f("fk_process_draft_file_saved_by_id_user"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_draft_file")),
        sa.UniqueConstraint(
            "draft_id", "path", name=op.f("uq_process_draft_file_draft_id_path")
        ),
    )
    op.create_table(
        "process_trial",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("log", base.Json, nullable=False),
        sa.Column("clock", base.Instant(), nullable=False),
        sa.Column("data", base.Json, nullable=False),
        sa.Column("saved_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["process_draft.id"],
            name=op.f("fk_process_trial_draft_id_process_draft"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_process_trial_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_trial")),
        sa.UniqueConstraint(
            "draft_id", "user_id", name=op.f("uq_process_trial_draft_id_user_id")
        ),
    )
    op.create_table(
        "case_move",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("undertaking_id", sa.Uuid(), nullable=True),
        sa.Column("from_definition_id", sa.Uuid(), nullable=False),
        sa.Column("to_definition_id", sa.Uuid(), nullable=False),
        sa.Column("state_before", sa.LargeBinary(), nullable=False),
        sa.Column("rows_before", base.Json, nullable=False),
        sa.Column("revision_after", sa.Integer(), nullable=False),
        sa.Column("moved_at", base.Instant(), nullable=False),
        sa.Column("moved_by_id", sa.Uuid(), nullable=False),
        sa.Column("undone_at", base.Instant(), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)",
            name=op.f("ck_case_move_undone_by_and_at"),
        ),
        sa.CheckConstraint(
            "from_definition_id != to_definition_id",
            name=op.f("ck_case_move_two_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["from_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_case_move_from_definition_id_process_definition"),
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["process_instance.id"],
            name=op.f("fk_case_move_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(
            ["moved_by_id"], ["user.id"], name=op.f("fk_case_move_moved_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["to_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_case_move_to_definition_id_process_definition"),
        ),
        sa.ForeignKeyConstraint(
            ["undertaking_id"],
            ["undertaking.id"],
            name=op.f("fk_case_move_undertaking_id_undertaking"),
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user.id"], name=op.f("fk_case_move_undone_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_move")),
    )
    op.create_index(
        "ix_case_move_instance", "case_move", ["instance_id", "moved_at"], unique=False
    )
    op.create_index(
        op.f("ix_case_move_undertaking_id"),
        "case_move",
        ["undertaking_id"],
        unique=False,
    )

    op.create_table(
        "breach",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("legal", sa.Text(), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("breached_at", base.Instant(), nullable=True),
        sa.Column("found_at", base.Instant(), nullable=False),
        sa.Column("closed_at", base.Instant(), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_because = '')",
            name=op.f("ck_breach_closed_because"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_breach_case_id_case")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_breach_closed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["process_instance.id"],
            name=op.f("fk_breach_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach")),
        sa.UniqueConstraint(
            "instance_id",
            "process",
            "rule_id",
            name=op.f("uq_breach_instance_id_process_rule_id"),
        ),
    )
    op.create_index(op.f("ix_breach_case_id"), "breach", ["case_id"], unique=False)

    op.add_column(
        "process_instance",
        sa.Column(
            "passed", base.Json, server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.create_index(
        "ix_user_task_figures",
        "user_task",
        [
            "definition_id",
            "completed_at",
            "bpmn_id",
            "created_at",
            "due_at",
            "instance_id",
        ],
        unique=False,
    )

    extend_versions()


def extend_versions() -> None:
    """Say who agreed to a version and which draft it came from, and let old files come back as a newer version.

    SQLite takes a constraint away only by copying the table; `migrations.upgrade` checks afterwards that everything points where it did.
    """
    with op.batch_alter_table("process_definition") as batch_op:
        batch_op.add_column(sa.Column("agreed_at", base.Instant(), nullable=True))
        batch_op.add_column(sa.Column("agreed_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("draft_id", sa.Uuid(), nullable=True))
        batch_op.drop_constraint(
            op.f("uq_process_definition_key_digest"), type_="unique"
        )
        batch_op.create_index(
            op.f("ix_process_definition_key_digest"), ["key", "digest"], unique=False
        )
        batch_op.create_foreign_key(
            op.f("fk_process_definition_draft_id_process_draft"),
            "process_draft",
            ["draft_id"],
            ["id"],
        )
        batch_op.create_foreign_key(
            op.f("fk_process_definition_agreed_by_id_user"),
            "user",
            ["agreed_by_id"],
            ["id"],
        )


def downgrade() -> None:
    raise NotImplementedError(
        "A database is not taken back to an earlier version: restore the backup that was made before"
    )
