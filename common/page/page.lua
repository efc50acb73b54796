-- A filter of pandoc: what the page needs, and what Markdown cannot say.
--
-- Its settings: `folder` leads from the page to the folder of the Markdown file. Without it, a link to
-- a file becomes plain text. `top` is the word for the top of the page.

local folder
local top

local function escape(text)
    return (text:gsub('[&<>"]', {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;'}))
end

-- Return the prompt at the start of a line, and the command after it. See tests/tutorial/page.tcl.
local function split_prompt(line)
    for _, prompt in ipairs {'[$#]', '[a-z][a-z0-9_.-]*%-#'} do
        local found, typed = line:match('^(' .. prompt .. ' )(.*)$')
        if found then
            return found, typed
        elseif line:match('^' .. prompt .. '$') then
            return line, ''
        end
    end
end

local function typed_line(prompt, typed)
    return '<span class="prompt">' .. escape(prompt) .. '</span><kbd>' .. escape(typed) .. '</kbd>'
end

-- What is typed is <kbd>, what is printed is <samp>. No prompt is selected or copied.
local function console_box(text)
    local lines = {}
    local answered = true
    for line in (text .. '\n'):gmatch('(.-)\n') do
        local prompt, typed = split_prompt(line)
        if prompt then
            answered = false
            table.insert(lines, typed_line(prompt, typed))
        elseif not answered and line:match('^>') then
            table.insert(lines, typed_line(line:match('^(> ?)(.*)$')))
        elseif answered and #lines > 0 then
            lines[#lines] = lines[#lines]:gsub('</samp>$', '\n' .. escape(line):gsub('%%', '%%%%') .. '</samp>')
        else
            answered = true
            table.insert(lines, '<samp>' .. escape(line) .. '</samp>')
        end
    end
    return pandoc.RawBlock('html', '<div class="console"><pre tabindex="0"><code>' ..
        table.concat(lines, '\n') .. '</code></pre></div>')
end

local function code_block(block)
    if block.classes[1] == 'console' then
        return console_box(block.text)
    end
    block.attributes.tabindex = '0' -- a box that scrolls must scroll by keys, too
    return block
end

-- The line with the tutorial's languages leads to the pages beside this one: tutorial.pt.html is made of
-- TUTORIAL.pt.md.
local function language_link(item)
    local name = item.target:match('([^/]*)%.md$')
    if PANDOC_STATE.input_files[1]:match('([^/]*)%.md$') == name then
        return pandoc.Span(item.content, {['aria-current'] = 'page'})
    end
    local language = name:match('%.(.*)$') or 'en'
    return pandoc.Link(item.content, name:gsub('^TUTORIAL', 'tutorial') .. '.html', '',
        {lang = language, hreflang = language})
end

local function languages(block)
    local first = block.content[1]
    if first.t == 'Link' and first.target:match('TUTORIAL%.md$') and #block.content > 1 then
        local links = pandoc.walk_block(block, {Link = language_link}).content
        return pandoc.Div(pandoc.Plain(links), {class = 'languages'})
    end
end

-- In the table of attacks: a colour for each mark, beside its letter.
local kinds = {O = 'open', x = 'shut', n = 'none'}

local function colour_marks(text)
    if not text.text:match('^[Oxn]$') and not text.text:match('^[Oxn]/[Oxn]$') then
        return nil
    end
    local parts = {}
    for letter in text.text:gmatch('[Oxn]') do
        table.insert(parts, '<span class="mark ' .. kinds[letter] .. '">' .. letter .. '</span>')
    end
    return pandoc.RawInline('html', table.concat(parts, '/'))
end

-- Until version 2.10 of pandoc, as in Ubuntu 22.04, there were only simple tables.
local function heads_of(block)
    local simplify = pandoc.utils.to_simple_table
    return (simplify and simplify(block) or block).headers
end

local function table_box(block)
    local kind = 'wide'
    local heads = heads_of(block)
    if #heads > 7 and pandoc.utils.stringify(pandoc.Div(heads[7])) == '5' then -- a column for each step
        kind = 'wide attacks'
        block = pandoc.walk_block(block, {Str = colour_marks})
    end
    return {
        pandoc.RawBlock('html', '<div class="' .. kind .. '" tabindex="0">'),
        block,
        pandoc.RawBlock('html', '</div>'),
    }
end

local function link(item)
    if item.target:match('^#') or item.target:match('^%a+:') or item.attributes.hreflang then
        return item
    elseif folder then
        item.target = folder .. '/' .. item.target
        return item
    end
    return item.content
end

-- The name of a step's picture, for follow.js: in the page nothing is left of the name of its file.
local function picture(image)
    local name = image.src:match('pictures/.*(step%d)%.svg$')
    if name then
        return pandoc.Span({image}, pandoc.Attr('', {}, {{'data-picture', name}}))
    end
end

local function drop_comment(block)
    if block.text:match('^<!%-%-') then
        return {}
    end
end

-- The links after a chapter: to the one before it, to the top, and to the next one.
local function onward(before, after)
    local links = {}
    if before then
        table.insert(links, pandoc.Link({pandoc.Str '← ', table.unpack(before.content)},
            '#' .. before.identifier, '', {class = 'before'}))
    end
    table.insert(links, pandoc.Link(top, '#top', '', {class = 'top'}))
    if after then
        local text = {table.unpack(after.content)}
        table.insert(text, pandoc.Str ' →')
        table.insert(links, pandoc.Link(text, '#' .. after.identifier, '', {class = 'after'}))
    end
    return pandoc.Div(pandoc.Plain(links), {class = 'onward'})
end

-- The title goes to the template, and each chapter ends with links.
local function page(doc)
    local chapters = {}
    for _, block in ipairs(doc.blocks) do
        if block.t == 'Header' and block.level == 2 then
            table.insert(chapters, block)
        end
    end
    local blocks = {}
    local seen = 0
    for _, block in ipairs(doc.blocks) do
        if block.t == 'Header' and block.level == 1 and not doc.meta.title then
            doc.meta.title = pandoc.MetaInlines(block.content)
        else
            if block == chapters[seen + 1] then
                if seen > 0 then
                    table.insert(blocks, onward(chapters[seen - 1], block))
                end
                seen = seen + 1
            end
            table.insert(blocks, block)
        end
    end
    if seen > 0 then
        table.insert(blocks, onward(chapters[seen - 1]))
    end
    doc.blocks = blocks
    return doc
end

local function settings(meta)
    folder = meta.folder and pandoc.utils.stringify(meta.folder)
    top = meta.top and pandoc.utils.stringify(meta.top)
end

return {
    {Meta = settings, Para = languages},
    {CodeBlock = code_block, Table = table_box, Link = link, RawBlock = drop_comment},
    {Pandoc = page},
    {Image = picture},
}
