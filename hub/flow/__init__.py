"""What happens: one plain function per step (pull, normalize, match, resolve, plan, push), each returning a report of counts."""
