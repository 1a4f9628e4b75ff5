package simulator

// cursor is the table whose rows a compiled expression reads. An expression
// is compiled once for a type and reads one table of it after another.
type cursor struct {
	account int64
	table   *table
	moved   []func()
}

// onMove calls do now and whenever the cursor has moved to another table.
func (c *cursor) onMove(do func()) {
	do()
	c.moved = append(c.moved, do)
}

func (c *cursor) move(account int64, t *table) {
	c.account, c.table = account, t
	for _, do := range c.moved {
		do()
	}
}

// column lets found have the column of a name, nil where a table has none,
// and the strings in it.
func (c *cursor) column(name string, found func(*column, *pool)) {
	c.onMove(func() { found(c.table.byName[name], c.table.pool) })
}
