"""Time and machinery: jobs that distributed workers hold, and what leaves the building.

What is added to a table that was there before may be left out by who writes a row: the code before this version goes on while it is replaced.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from models import base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _jobs()
    _mail_and_absence()
    _reminders_and_incidents()
    _returns()
    _settings_by_page()


def _jobs() -> None:
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ticket", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("request", sa.Text(), nullable=False, server_default=""))
    for name, column, where in (
        ("ix_job_without_ticket", "run_at", "status = 'todo' AND ticket IS NULL"),
        ("ix_job_ticket", "ticket", "ticket IS NOT NULL"),
    ):
        op.create_index(name, "job", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "webhook",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", base.Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_tried_at", base.Instant(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("delivered_at", base.Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_webhook_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("system", "key", name=op.f("uq_webhook_system_key")),
    )
    op.create_index("ix_webhook_case_id", "webhook", ["case_id"])
    op.create_index("ix_webhook_created_at", "webhook", ["created_at"])


def _mail_and_absence() -> None:
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        for name in ("why", "about", "last_error"):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("key", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("sections", base.Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("is_for_digest", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("with_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_unique_constraint(op.f("uq_outbox_mail_key"), ["key"])
        batch_op.create_foreign_key(op.f("fk_outbox_mail_with_id_outbox_mail"), "outbox_mail", ["with_id"], ["id"])
    op.create_index("ix_outbox_mail_with_id", "outbox_mail", ["with_id"])
    op.create_index("ix_outbox_mail_to_user", "outbox_mail", ["to_user_id", "created_at"])
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "calendar_feed",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("made_at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_feed_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_calendar_feed_token_digest")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feed_user_id")),
    )


def _reminders_and_incidents() -> None:
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("look_at", base.Instant(), nullable=True))
    where = sa.text("look_at IS NOT NULL AND status IN ('ready', 'claimed')")
    op.create_index("ix_user_task_look_at", "user_task", ["look_at"], sqlite_where=where, postgresql_where=where)
    # Tasks that were open before are looked at once; what is long over then counts as one reminder, not as all of them.
    op.execute("UPDATE user_task SET look_at = created_at WHERE status IN ('ready', 'claimed')")
    op.create_table(
        "task_reminder",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=False),
        sa.Column("at", base.Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_task_reminder_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_reminder")),
        sa.UniqueConstraint("task_id", "stage", name=op.f("uq_task_reminder_task_id_stage")),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("looked_revision", sa.Integer(), nullable=True))
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skipped_because", sa.Text(), nullable=False, server_default=""))


def _returns() -> None:
    op.create_table(
        "case_return",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("state_before", sa.LargeBinary(), nullable=False),
        sa.Column("rows_before", base.Json, nullable=False),
        sa.Column("revision_after", sa.Integer(), nullable=False),
        sa.Column("returned_at", base.Instant(), nullable=False),
        sa.Column("returned_by_id", sa.Uuid(), nullable=False),
        sa.Column("undone_at", base.Instant(), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_case_return_undone_by_and_at")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_case_return_instance_id_process_instance")),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_case_return_task_id_user_task")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["user.id"], name=op.f("fk_case_return_returned_by_id_user")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name=op.f("fk_case_return_undone_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_return")),
    )
    op.create_index("ix_case_return_instance", "case_return", ["instance_id", "returned_at"])


def _settings_by_page() -> None:
    """Days off with their kind, source and people; teams and posts that are renamed and end."""
    with op.batch_alter_table("local_closure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="council closure"))
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("set_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("set_at", base.Instant(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", base.Instant(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_local_closure_set_by_id_user"), "user", ["set_by_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_local_closure_confirmed_by_id_user"), "user", ["confirmed_by_id"], ["id"])
        batch_op.create_check_constraint(op.f("ck_local_closure_kind"), "kind IN ('council closure', 'bank holiday')")
    with op.batch_alter_table("candidate_group", schema=None) as batch_op:
        batch_op.add_column(sa.Column("former_names", base.Json, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("set_by_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_candidate_group_set_by_id_user"), "user", ["set_by_id"], ["id"])


def downgrade() -> None:
    raise NotImplementedError("A database is not taken back to an earlier version: restore the backup that was made before")
