class Router:
    def db_for_read(self, model, **hints):
        return "mine"

    def db_for_write(self, model, **hints):
        return "mine"
