from django.db import transaction


class ReplicaRouter:
    """Reads go to the replica, but for those of a transaction, which must see what it wrote."""

    def db_for_read(self, model, **hints):
        return "default" if transaction.get_connection("default").in_atomic_block else "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
